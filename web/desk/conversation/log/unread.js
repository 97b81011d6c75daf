/** Where the line of what is new stands, and how far somebody has read. */
import { nameOfEntry } from "../story.js";
import { isChange } from "./folding.js";

/** @typedef {import("../../api/shapes.d.ts").Entry} Entry */
/** The last message that somebody had before their eyes. @typedef {{name: string, at: string}} Mark */

/** @param {Entry} entry */
const isCustomers = (entry) => entry.author === "customer" && !isChange(entry) && nameOfEntry(entry) !== "";

/** @param {Entry} entry */
const isOurs = (entry) => entry.type === "MessageQueued" && (entry.author === "agent" || entry.author === "bot");

/**
 * The name of the first message of the customer's that came after the mark; without one, after our
 * last answer. Empty where there is none, or where nothing was read or answered before it.
 *
 * @param {readonly Entry[]} entries @param {Mark | null} mark
 */
export function firstUnread(entries, mark) {
  const from = mark ? after(entries, mark) : entries.findLastIndex(isOurs) + 1;
  const found = entries.slice(from).find(isCustomers);
  // A line above the very first message separates nothing.
  return found && entries.indexOf(found) > 0 && (mark || from > 0) ? nameOfEntry(found) : "";
}

/** @param {readonly Entry[]} entries @param {Mark} mark the first place after it */
function after(entries, mark) {
  const at = entries.findIndex((entry) => nameOfEntry(entry) === mark.name);
  if (at >= 0) return at + 1;
  const later = entries.findIndex((entry) => new Date(entry.at) > new Date(mark.at));
  return later >= 0 ? later : entries.length;
}

/** @param {readonly Entry[]} entries @returns {Mark | null} */
export function markOf(entries) {
  const last = entries.findLast((entry) => nameOfEntry(entry) !== "");
  return last ? { name: nameOfEntry(last), at: last.at } : null;
}

/** How many messages came after a place in the story. @param {readonly Entry[]} entries @param {Mark | null} mark */
export function newerThan(entries, mark) {
  if (!mark) return 0;
  return entries.slice(after(entries, mark)).filter((entry) => nameOfEntry(entry) !== "" && !isChange(entry)).length;
}

const MOST = 300;

/** One's own, which goes when one signs out. @param {string} reader their id */
const keyOf = (reader) => `sportello.of.${reader}.read`;

/** @param {string} reader @param {string} id @returns {Mark | null} */
export function keptMark(reader, id) {
  return kept(reader)[id] ?? null;
}

/** Remember how far it was read, of the conversations that were read last. @param {string} reader @param {string} id @param {Mark | null} mark */
export function keepMark(reader, id, mark) {
  if (!mark || !reader) return;
  const { [id]: _, ...others } = kept(reader);
  const latest = [...Object.entries(others).slice(1 - MOST), [id, mark]];
  try {
    localStorage.setItem(keyOf(reader), JSON.stringify(Object.fromEntries(latest)));
  } catch {
    // Storage is full or forbidden: the line is then drawn from our last answer.
  }
}

/** @param {string} reader @returns {Record<string, Mark>} */
function kept(reader) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(reader)) ?? "{}");
  } catch {
    return {};
  }
}
