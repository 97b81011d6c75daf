/** Which figures of service-level reports answer which question. */

/** @typedef {import("./shapes.d.ts").Report} Report */
/** @typedef {import("./shapes.d.ts").Level} Level */
/** @typedef {import("./shapes.d.ts").Figures} Figures */
/** @typedef {{key: string, level: Level, recent: Level | null, today: Level | null}} GoalLine */

/** Customers turn away beyond this. */
export const PATIENCE_SECONDS = 30;

/** The figures of everything together. @param {Report | null} report @returns {Figures | null} */
export function figuresOf(report) {
  return report?.totals.find(({ queue, channel }) => queue === null && channel === null)?.figures ?? null;
}

/**
 * One line for each goal that there was, the last half hour beside the whole day. Goals never mix:
 * a goal that only one of them has stands alone.
 *
 * @param {Figures | null} recent @param {Figures | null} today @returns {GoalLine[]}
 */
export function goalLines(recent, today) {
  /** @type {Map<string, GoalLine>} */
  const lines = new Map();
  const put = (/** @type {Figures | null} */ figures, /** @type {"recent" | "today"} */ when) => {
    for (const level of figures?.service_levels ?? []) {
      const key = goalOf(level);
      const line = lines.get(key) ?? { key, level, recent: null, today: null };
      lines.set(key, { ...line, level: widest(line.level, level), [when]: level });
    }
  };
  put(today, "today");
  put(recent, "recent");
  return [...lines.values()].sort((one, other) => one.level.threshold_seconds - other.level.threshold_seconds || (one.key < other.key ? -1 : 1));
}

/** A goal without its policies: fewer may have been used in a shorter time. @param {Level} level */
export const goalOf = (level) => [level.definition, level.threshold_seconds, level.goal, level.short_abandon_seconds].join(" ");

/** Of two levels of one goal that of more policies, which stands for it. @param {Level} one @param {Level} other */
export const widest = (one, other) => (other.policies.length > one.policies.length ? other : one);

/** The share of everybody, answered or gone, whose wait was longer; null where nobody waited. @param {Figures | null} figures @param {number} seconds */
export const shareOver = (figures, seconds) => figures?.longer_than?.find((one) => one.threshold_seconds === seconds)?.share ?? null;

/** How a level stands to its goal. @param {Level | null} level @returns {"met" | "missed" | "no_goal" | "nobody"} */
export function verdict(level) {
  if (!level || level.service_level === null) return "nobody";
  if (level.met === null) return "no_goal";
  return level.met ? "met" : "missed";
}

/** How many points of a hundred a missed goal is away, never less than one. @param {Level} level */
export const pointsShort = (level) => Math.max(1, Math.round(((level.goal ?? 0) - (level.service_level ?? 0)) * 100));

/** Today's date in the report's time zone. @param {number} now @param {string} [zone] */
export function dateIn(now, zone) {
  const parts = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone: zone }).formatToParts(now);
  const of = (/** @type {string} */ type) => parts.find((part) => part.type === type)?.value;
  return `${of("year")}-${of("month")}-${of("day")}`;
}
