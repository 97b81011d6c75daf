/** Closed days and days with windows of their own, as they are written and as they are edited. Pure. */
import { same } from "../../documents/pointers.js";

/** @typedef {import("../windows.js").Window} Window */
/** @typedef {string | [string, string] | {first: string, last?: string | null, label?: string}} Written */
/** @typedef {{first: string, last: string, label: string}} Closure */
/** @typedef {Window[] | {windows: Window[], label?: string}} WrittenDay */

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

/** @param {Written} written @returns {Closure} */
export function closureOf(written) {
  if (typeof written === "string") return { first: written, last: written, label: "" };
  if (Array.isArray(written)) return { first: written[0], last: written[1], label: "" };
  return { first: written.first, last: written.last ?? written.first, label: written.label ?? "" };
}

/** As shortly as it can be written. @param {Closure} closure @returns {Written} */
export function writtenClosure({ first, last, label }) {
  const trimmed = label.trim();
  if (trimmed) return last === first ? { first, last: null, label: trimmed } : { first, last, label: trimmed };
  return first === last ? first : [first, last];
}

/** What is wrong with a closure that is being typed, a key of words; empty if nothing. @param {Closure} closure */
export function wrongClosure({ first, last }) {
  if (!isDate(first)) return "hours.wrong.first";
  if (last && !isDate(last)) return "hours.wrong.last";
  return last && last < first ? "fault.ends_early" : "";
}

/** In the order of their first days, each with its place in the list. @param {readonly Written[]} closed */
export function inOrder(closed) {
  return closed.map((written, place) => ({ ...closureOf(written), place }))
    .sort((one, other) => one.first.localeCompare(other.first) || one.last.localeCompare(other.last) || one.place - other.place);
}

/** Whether a date is among them. @param {readonly Written[]} closed @param {string} date */
export const isClosed = (closed, date) => closed.map(closureOf).some(({ first, last }) => first <= date && date <= last);

/** @param {WrittenDay} day @returns {{windows: Window[], label: string}} */
export function dayOf(day) {
  return Array.isArray(day) ? { windows: day, label: "" } : { windows: day.windows, label: day.label ?? "" };
}

/** @param {{windows: Window[], label: string}} day @returns {WrittenDay} */
export const writtenDay = ({ windows, label }) => (label.trim() ? { windows, label } : windows);

/** A calendar whose date is closed all day: windows of its own for it would go before, and go. @param {any} calendar @param {string} date @param {string} label */
export function closedOn(calendar, date, label) {
  const special = Object.fromEntries(Object.entries(calendar.special ?? {}).filter(([other]) => other !== date));
  const closed = calendar.closed ?? [];
  return { ...calendar, special, closed: isClosed(closed, date) ? closed : [...closed, writtenClosure({ first: date, last: date, label })] };
}

/** Whether it is a date that there is. @param {string} text */
export function isDate(text) {
  return DATE.test(text) && addDays(text, 0) === text;
}

/** @param {string} date @param {number} days @returns {string} empty where there is no such date */
export function addDays(date, days) {
  const at = Date.parse(`${date}T00:00:00Z`) + days * DAY_MS;
  return Number.isNaN(at) ? "" : new Date(at).toISOString().slice(0, 10);
}

/** Monday is 0. @param {string} date */
export const weekdayOf = (date) => (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;

/** The date and the minute of the day on the wall of a time zone. @param {number} instant @param {string} zone */
export function wallClock(instant, zone) {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  });
  const part = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  return { date: `${part.year}-${part.month}-${part.day}`, minute: Number(part.hour) * 60 + Number(part.minute) };
}

/** What was added and what was taken out. @template T @param {readonly T[]} before @param {readonly T[]} after */
export function addedAndTaken(before, after) {
  const lacks = (/** @type {readonly T[]} */ list, /** @type {T} */ one) => !list.some((other) => same(one, other));
  return { added: after.filter((one) => lacks(before, one)), taken: before.filter((one) => lacks(after, one)) };
}
