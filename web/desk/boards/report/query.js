/** What is asked of a report: filters as they stand in the address, checked before they are sent. */

/** @typedef {import("../shapes.d.ts").Definition} Definition */
/**
 * As in the form, all of them text; `to` is the last day that counts, `goal` in hundredths.
 *
 * @typedef {{from: string, to: string, interval: string, queue: string, channel: string, definition: string,
 *   threshold: string, goal: string}} Filters
 */

export const INTERVALS = /** @type {const} */ (["15min", "30min", "hour", "day", "week", "month"]);

const MOST_INTERVALS = 750;
const KEPT_DAYS = 400;
const LONGEST_THRESHOLD = 31_536_000;
const DAY_MS = 86_400_000;
/** @type {Record<string, number>} how many of an interval are in a day */
const A_DAY = { "15min": 96, "30min": 48, hour: 24, day: 1, week: 1 / 7, month: 1 / 28 };

/** @param {string} date @param {number} days */
export const daysAfter = (date, days) => new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** The last seven days, day by day. @param {string} today @returns {Filters} */
export const usual = (today) => ({
  from: daysAfter(today, -6), to: today, interval: "day", queue: "", channel: "", definition: "", threshold: "", goal: "",
});

/** @param {URLSearchParams} query @param {string} today @returns {Filters} */
export function filtersFrom(query, today) {
  const all = usual(today);
  for (const name of /** @type {(keyof Filters)[]} */ (Object.keys(all))) all[name] = query.get(name)?.slice(0, 64) ?? all[name];
  return all;
}

/** What stands in the address. @param {Filters} filters */
export const addressOf = (filters) => new URLSearchParams(Object.entries(filters).filter(([, value]) => value)).toString();

/**
 * What does not fit, by field; the values are keys of words.
 *
 * @param {Filters} filters @param {string} today @returns {Partial<Record<keyof Filters, string>>}
 */
export function wrongIn(filters, today) {
  /** @type {Partial<Record<keyof Filters, string>>} */
  const wrong = {};
  for (const name of /** @type {const} */ (["from", "to"])) if (!isDate(filters[name])) wrong[name] = "report.wrong.date";
  if (!wrong.from && filters.from < daysAfter(today, -KEPT_DAYS + 1)) wrong.from = "report.wrong.too_old";
  if (!wrong.from && !wrong.to) {
    const days = (Date.parse(filters.to) - Date.parse(filters.from)) / DAY_MS + 1;
    if (days < 1) wrong.to = "report.wrong.order";
    else if (days * (A_DAY[filters.interval] ?? 1) > MOST_INTERVALS) wrong.interval = "report.wrong.many";
  }
  if (filters.threshold && !isWhole(filters.threshold, 1, LONGEST_THRESHOLD)) wrong.threshold = "report.wrong.threshold";
  if (filters.goal && !isWhole(filters.goal, 0, 100)) wrong.goal = "report.wrong.goal";
  return wrong;
}

/** What the API is asked; it counts up to before `to`. @param {Filters} filters */
export function askedOf(filters) {
  return {
    from: filters.from, to: daysAfter(filters.to, 1), interval: filters.interval, queue: filters.queue, channel: filters.channel,
    definition: filters.definition, threshold_seconds: filters.threshold,
    goal: filters.goal ? Number(filters.goal) / 100 : "",
  };
}

/** @param {string} text */
const isDate = (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text))
  && new Date(text).toISOString().slice(0, 10) === text;

/** @param {string} text @param {number} least @param {number} most */
const isWhole = (text, least, most) => /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most;
