/** Until when something is put aside, by the clock on the wall where the agent is. Pure. */

const HOUR_MS = 3_600_000;
const EVENING = 18;
const MORNING = 9;
const MONDAY = 1;
const LONGEST_DAYS = 365;

/**
 * What is offered at a moment, each once and the next first. Dates are made by the local calendar, so
 * that nine o'clock stays nine o'clock over a change of the clock.
 *
 * @param {number} now milliseconds @returns {{name: "hour" | "evening" | "tomorrow" | "monday", at: number}[]}
 */
export function snoozeTimes(now) {
  const hour = now + HOUR_MS;
  const evening = onDay(now, 0, EVENING);
  const tomorrow = onDay(now, 1, MORNING);
  const monday = onDay(now, (MONDAY - new Date(now).getDay() + 7) % 7 || 7, MORNING);
  /** @type {ReturnType<typeof snoozeTimes>} */
  const all = [{ name: "hour", at: hour }];
  if (evening > hour) all.push({ name: "evening", at: evening });
  if (tomorrow !== monday) all.push({ name: "tomorrow", at: tomorrow });
  return [...all, { name: "monday", at: monday }];
}

/** @param {number} now @param {number} days @param {number} hour */
function onDay(now, days, hour) {
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, hour).getTime();
}

/** What is wrong with an instant that somebody chose, if anything. @param {number} at @param {number} now @returns {"" | "empty" | "past" | "far"} */
export function faultOf(at, now) {
  if (Number.isNaN(at)) return "empty";
  if (at <= now) return "past";
  return at > now + LONGEST_DAYS * 24 * HOUR_MS ? "far" : "";
}

/** A moment as a field `datetime-local` has it. @param {number} at */
export function asField(at) {
  const day = new Date(at);
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}T${two(day.getHours())}:${two(day.getMinutes())}`;
}
