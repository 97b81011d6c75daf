/** Times, durations and sizes as people say them. Instants are ISO 8601 in UTC or milliseconds. */
import { language, region, t } from "./words.js";

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** @typedef {string | number | Date} Instant */

/** The time zone in which the desk shows times: that of whoever looks at it. */
export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** @param {Instant} instant */
export const millis = (instant) => new Date(instant).getTime();

/** Hour and minute. @param {Instant} instant */
export function timeOfDay(instant) {
  return format(instant, { hour: "2-digit", minute: "2-digit" });
}

/** Weekday, day and month; the year too if it is another one. @param {Instant} instant @param {number} now */
export function dayOf(instant, now) {
  const sameYear = new Date(instant).getFullYear() === new Date(now).getFullYear();
  return format(instant, {
    weekday: "long", day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }),
  });
}

/** As short as it is unambiguous: the time today, else weekday or date with the time. @param {Instant} instant @param {number} now */
export function moment(instant, now) {
  const days = daysBetween(instant, now);
  if (days === 0) return timeOfDay(instant);
  if (Math.abs(days) < 7) return format(instant, { weekday: "short", hour: "2-digit", minute: "2-digit" });
  return format(instant, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

/** Date and time in full. @param {Instant} instant */
export function fullMoment(instant) {
  return format(instant, { dateStyle: "full", timeStyle: "medium" });
}

/** Whole days of the calendar from `now` to `instant`. @param {Instant} instant @param {number} now */
export function daysBetween(instant, now) {
  const midnight = (/** @type {Instant} */ at) => new Date(at).setHours(0, 0, 0, 0);
  return Math.round((midnight(instant) - midnight(now)) / (DAY * 1000));
}

/**
 * A duration as a countdown shows it: `0:42`, `3:40`, `3 h 52`, `2 d 4 h`.
 *
 * @param {number} seconds
 */
export function clockFace(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}:${String(whole % MINUTE).padStart(2, "0")}`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)} h ${String(Math.floor((whole % HOUR) / MINUTE)).padStart(2, "0")}`;
  return t("duration.days_hours", { days: Math.floor(whole / DAY), hours: Math.floor((whole % DAY) / HOUR) });
}

/** A duration in words, of one unit: seconds, minutes, hours or days. @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < MINUTE) return t("duration.seconds", { count: whole });
  if (whole < HOUR) return t("duration.minutes", { count: Math.floor(whole / MINUTE) });
  if (whole < 2 * DAY) return t("duration.hours", { count: Math.floor(whole / HOUR) });
  return t("duration.days", { count: Math.floor(whole / DAY) });
}

/** @param {number} bytes */
export function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return new Intl.NumberFormat(region(), {
    style: "unit", unit: units[power], unitDisplay: "short", maximumFractionDigits: 1,
  }).format(bytes / 1000 ** power);
}

/** @param {number | null | undefined} share */
export function percent(share) {
  if (share === null || share === undefined) return "–";
  return new Intl.NumberFormat(region(), { style: "percent", maximumFractionDigits: 1 }).format(share);
}

/** @param {number} value */
export const number = (value) => new Intl.NumberFormat(region()).format(value);

/** The name of a language in the agent's own. @param {string} code */
export function languageName(code) {
  return new Intl.DisplayNames([language.value], { type: "language" }).of(code) ?? code;
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {Instant} instant @param {Intl.DateTimeFormatOptions} how */
function format(instant, how) {
  const key = language.value + JSON.stringify(how);
  let made = formats.get(key);
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(region(), how)));
  return made.format(new Date(instant));
}
