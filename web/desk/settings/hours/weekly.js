/** The week of a calendar, day by day, and as it is written. Pure. */
import { same } from "../documents/pointers.js";

/** @typedef {import("./windows.js").Window} Window */
/** @typedef {Window[][]} Days the windows of each day, from Monday */

export const WEEKDAYS = /** @type {const} */ (["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);

/** @param {Record<string, Window[]> | undefined} weekly @returns {Days} */
export function daysOf(weekly) {
  /** @type {Days} */
  const days = WEEKDAYS.map(() => []);
  for (const [names, windows] of Object.entries(weekly ?? {})) {
    for (const day of numbersOf(names)) days[day] = windows;
  }
  return days;
}

/** @param {string} names `mon`, `mon-fri`, `mon,wed,fri-sun` */
function numbersOf(names) {
  return names.split(",").flatMap((part) => {
    const [first = "", last = first] = part.trim().split("-");
    const begin = WEEKDAYS.indexOf(/** @type {any} */ (first));
    const length = ((WEEKDAYS.indexOf(/** @type {any} */ (last)) - begin + 7) % 7) + 1;
    return begin < 0 ? [] : Array.from({ length }, (_, i) => (begin + i) % 7);
  });
}

/** Days of the same windows under one name: `mon-fri`, `mon,wed`. @param {Days} days @returns {Record<string, Window[]>} */
export function packed(days) {
  /** @type {{windows: Window[], days: number[]}[]} */
  const groups = [];
  days.forEach((windows, day) => {
    if (!windows.length) return;
    const group = groups.find((one) => same(one.windows, windows));
    if (group) group.days.push(day);
    else groups.push({ windows, days: [day] });
  });
  return Object.fromEntries(groups.map((group) => [nameOf(group.days), group.windows]));
}

/** The week with other windows on some days; as it was written where that changes nothing. @param {Record<string, Window[]> | undefined} weekly @param {number} first @param {number} last @param {Window[]} windows */
export function withDays(weekly, first, last, windows) {
  const before = daysOf(weekly);
  const after = before.map((old, day) => (day >= first && day <= last ? windows : old));
  return same(before, after) ? (weekly ?? {}) : packed(after);
}

/** @param {number[]} days in their order */
function nameOf(days) {
  return runs(days).map(([first, last]) => (first === last ? WEEKDAYS[first] : `${WEEKDAYS[first]}-${WEEKDAYS[last]}`)).join(",");
}

/** Days that follow one another, as first and last. @param {readonly number[]} days @returns {[number, number][]} */
export function runs(days) {
  /** @type {[number, number][]} */
  const found = [];
  for (const day of days) {
    const latest = found.at(-1);
    if (latest && latest[1] === day - 1) latest[1] = day;
    else found.push([day, day]);
  }
  return found;
}
