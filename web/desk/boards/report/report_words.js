/** Intervals, shares and times of a report in words. */
import { clockFace } from "../../language/formats.js";
import { region } from "../../language/words.js";

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const SHOWN = {
  "15min": { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  "30min": { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  hour: { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  day: { weekday: "short", day: "numeric", month: "short" },
  week: { day: "numeric", month: "short", year: "numeric" },
  month: { month: "long", year: "numeric" },
};

/** @type {Map<string, Intl.DateTimeFormat>} */
const made = new Map();

/** When an interval begins, in the report's own time zone. @param {{start: string}} of @param {string} interval @param {string} zone */
export function intervalWords({ start }, interval, zone) {
  const key = `${region()} ${interval} ${zone}`;
  const format = made.get(key) ?? new Intl.DateTimeFormat(region(), { ...SHOWN[interval], timeZone: zone });
  made.set(key, format);
  return format.format(new Date(start));
}

/** @param {number | null} seconds */
export const timeWords = (seconds) => (seconds === null ? "–" : clockFace(seconds));
