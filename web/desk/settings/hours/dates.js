/** What a draft of the opening hours comes to on a date, as the API reckons it. */
import { act } from "../../api/api.js";

/** @typedef {import("./windows.js").Window} Window */
/** @typedef {"special" | "closed" | "holiday" | "weekly"} Rule */
/**
 * @typedef {{calendar: string, time_zone: string, date: string, rule: Rule, label: string, windows: Window[],
 *   overruled: {rule: Rule, label: string, windows: Window[]}[], open: {start: string, end: string}[],
 *   moment: {at: string, is_open: boolean, next_opening: string | null, next_closing: string | null},
 *   closed_texts: {language: string, text: string}[]}} DateFound
 */

/** @param {any} draft @param {string} calendar @param {{date: string, at?: string}} when @returns {Promise<DateFound>} */
export function lookUp(draft, calendar, when) {
  return act("/settings/opening_hours/probe", { calendar, ...when, document: draft }, { repeatable: true });
}
