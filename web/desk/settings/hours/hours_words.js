/** Opening hours in words: days, windows, and what changes in a calendar. */
import { region, t } from "../../language/words.js";
import { same, steps } from "../documents/pointers.js";
import { addedAndTaken, closureOf, dayOf } from "./days_off/closures.js";
import { setName } from "./days_off/holiday_sets.js";
import { daysOf, runs } from "./weekly.js";
import { printWindows } from "./windows.js";

/** @typedef {import("./days_off/closures.js").Closure} Closure */
/** @typedef {import("./windows.js").Window} Window */

const MONDAY = Date.UTC(2024, 0, 1);

/** @param {number} day from Monday, 0 @param {"long" | "short"} [how] */
export function weekdayName(day, how = "long") {
  return new Intl.DateTimeFormat(region(), { weekday: how, timeZone: "UTC" }).format(MONDAY + day * 86_400_000);
}

/** A date in words, of the calendar and no time zone. @param {string} date @param {"long" | "short"} [how] */
export function dateName(date, how = "long") {
  const at = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(at)) return date;
  return new Intl.DateTimeFormat(region(), { weekday: how, day: "numeric", month: how, ...(how === "long" ? { year: "numeric" } : {}), timeZone: "UTC" }).format(at);
}

/** @param {readonly Window[]} windows */
export const windowsName = (windows) => printWindows(windows) || t("hours.closed");

/** @param {Closure} closure */
export function closureName({ first, last, label }) {
  const days = first === last ? dateName(first) : t("hours.from_to", { first: dateName(first), last: dateName(last) });
  return label ? `${days} (${label})` : days;
}

/** @param {import("../documents/changes/differences.js").Change} change @param {import("../documents/changes/change_words.js").Documents} documents @returns {string | null} */
export function describeHours(change, { before, after }) {
  const [root, name = "", part] = steps(change.path);
  if (root !== "calendars") return null;
  const [old, fresh] = [before.calendars?.[name], after.calendars?.[name]];
  if (!part || !old || !fresh) return t(fresh ? "hours.change.calendar_added" : "hours.change.calendar_taken", { name });
  const said = changeOf(part, old, fresh);
  if (said === null) return null;
  const isOnly = Object.keys(after.calendars).length === 1;
  return isOnly ? said : t("hours.change.of_calendar", { name, change: said });
}

/** @param {string} part @param {any} old @param {any} fresh @returns {string | null} */
function changeOf(part, old, fresh) {
  if (part === "weekly") return weekChange(daysOf(old.weekly), daysOf(fresh.weekly));
  if (part === "closed") return closedChange(old.closed ?? [], fresh.closed ?? []);
  if (part === "special") return specialChange(old.special ?? {}, fresh.special ?? {});
  if (part === "holidays") {
    return namesChange(addedAndTaken(old.holidays ?? [], fresh.holidays ?? []), "hours.change.holidays", setName);
  }
  if (part === "time_zone") return t("hours.change.zone", { from: old.time_zone, to: fresh.time_zone });
  return null;
}

/** @param {import("./weekly.js").Days} old @param {import("./weekly.js").Days} fresh */
function weekChange(old, fresh) {
  const changed = fresh.map((_, day) => day).filter((day) => !same(old[day], fresh[day]));
  if (!changed.length) return t("hours.change.same_week"); // written otherwise, and the same
  const alike = (/** @type {number} */ one, /** @type {number} */ other) => same(old[one], old[other]) && same(fresh[one], fresh[other]);
  const first = changed.filter((day, i) => !changed.slice(0, i).some((other) => alike(other, day)));
  return first.map((day) => t("hours.change.days", {
    days: runs(changed.filter((other) => alike(day, other))).map(runName).join(", "),
    from: windowsName(old[day] ?? []), to: windowsName(fresh[day] ?? []),
  })).join("; ");
}

/** @param {[number, number]} run */
const runName = ([first, last]) => (first === last ? weekdayName(first) : t("hours.days", { first: weekdayName(first), last: weekdayName(last) }));

/** @param {import("./days_off/closures.js").Written[]} old @param {import("./days_off/closures.js").Written[]} fresh */
function closedChange(old, fresh) {
  return namesChange(addedAndTaken(old.map(closureOf), fresh.map(closureOf)), "hours.change.closed", closureName);
}

/** @template T @param {{added: T[], taken: T[]}} changes @param {string} key @param {(one: T) => string} name */
function namesChange({ added, taken }, key, name) {
  return [
    ...taken.map((one) => t(`${key}_taken`, { name: name(one) })),
    ...added.map((one) => t(`${key}_added`, { name: name(one) })),
  ].join("; ");
}

/** @param {Record<string, import("./days_off/closures.js").WrittenDay>} old @param {Record<string, import("./days_off/closures.js").WrittenDay>} fresh */
function specialChange(old, fresh) {
  const dates = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort().filter((date) => !same(old[date], fresh[date]));
  return dates.map((date) => {
    const day = fresh[date];
    if (!day) return t("hours.change.special_taken", { date: dateName(date) });
    const { windows, label } = dayOf(day);
    return t("hours.change.special", { date: label ? `${dateName(date)} (${label})` : dateName(date), windows: windowsName(windows) });
  }).join("; ");
}

/** @param {string} pointer */
export function placeOfHours(pointer) {
  const [root, name = "", part, where = ""] = steps(pointer);
  if (root !== "calendars" || !part) return null;
  const said = part === "special" && where ? dateName(where) : t(`hours.part.${part}`);
  return `${name} › ${said}`;
}
