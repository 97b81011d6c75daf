/**
 * Changes of a message shown with it: what it became, reactions, that it was taken back.
 *
 * The API does so within a page. What comes later names an entry of an earlier page.
 */
import { nameOfEntry } from "../story.js";

/** @typedef {import("../../api/shapes.d.ts").Entry} Entry */
/** @typedef {{at: string, text: string}} Edit */

/** Which entry one speaks of, if it is named. @param {Entry} entry */
function meantBy({ detail }) {
  const to = detail.refers_to;
  if (to?.item_id) return `item:${to.item_id}`;
  return to?.effect_key ? `effect:${to.effect_key}` : "";
}

/** Whether an entry tells of a change of another and not of something new. @param {Entry} entry */
export function isChange(entry) {
  if (entry.type !== "ItemNoted") return false;
  const { kind } = entry.detail;
  // What staff wrote on the phone speaks of another only where it takes its place.
  return kind === "edit" || kind === "revoke" || kind === "reaction" || (kind === "echo" && !!meantBy(entry));
}

/** The entries with their changes in them; a change stays by itself where its message is not here. @param {readonly Entry[]} entries */
export function folded(entries) {
  const changes = entries.filter(isChange);
  if (!changes.length) return [...entries];
  /** @type {Map<string, Entry>} */
  const here = new Map();
  for (const entry of entries) if (!isChange(entry)) here.set(nameOfEntry(entry), entry);
  here.delete("");
  const taken = new Set();
  for (const change of changes) {
    const original = here.get(meantBy(change));
    if (!original) continue;
    here.set(nameOfEntry(original), changedBy(original, change));
    taken.add(change);
  }
  return entries.filter((entry) => !taken.has(entry)).map((entry) => isChange(entry) ? entry : here.get(nameOfEntry(entry)) ?? entry);
}

/** @param {Entry} original @param {Entry} change @returns {Entry} */
function changedBy(original, change) {
  const detail = { ...original.detail };
  if (change.detail.kind === "revoke") return { ...original, text: "", detail: withdrawn(detail, change.at) };
  if (detail.withdrawn_at) return original;
  if (change.detail.kind === "reaction") detail.reactions = reactionsWith(detail.reactions ?? [], change);
  else {
    detail.edits = editsWith(detail.edits ?? [], { at: change.at, text: change.text });
    // A live location moves by edits.
    if (change.detail.location) detail.location = change.detail.location;
  }
  return { ...original, detail };
}

/** @param {Record<string, any>} detail @param {string} at nothing stays but what names it and what became of it */
function withdrawn({ item_id, effect_key, kind, status, automatic, agent_id }, at) {
  const all = { item_id, effect_key, kind, status, automatic, agent_id, withdrawn_at: at };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** One of each author, the latest; an empty one was taken back. @param {{author: string, emoji: string, at: string}[]} known @param {Entry} change */
function reactionsWith(known, change) {
  const before = known.find((one) => one.author === change.author);
  if (before && millis(before.at) > millis(change.at)) return known;
  const others = known.filter((one) => one.author !== change.author);
  return change.text ? [...others, { author: change.author, emoji: change.text, at: change.at }] : others;
}

/** Each once, of two that are the same the longer text: pages cut them. @param {Edit[]} known @param {Edit} edit @returns {Edit[]} */
function editsWith(known, edit) {
  const same = known.find((one) => millis(one.at) === millis(edit.at));
  const others = known.filter((one) => one !== same);
  const kept = same && same.text.length > edit.text.length ? same : edit;
  return [...others, kept].sort((one, other) => millis(one.at) - millis(other.at));
}

/** A message's text as it is by now. @param {Entry} entry @returns {string} */
export function textOf(entry) {
  const edits = entry.detail.withdrawn_at ? [] : entry.detail.edits ?? [];
  return edits.at(-1)?.text ?? entry.text;
}

/** What it was before, the original first. @param {Entry} entry @returns {Edit[]} */
export function earlierTexts(entry) {
  const edits = entry.detail.withdrawn_at ? [] : entry.detail.edits ?? [];
  return edits.length ? [{ at: entry.at, text: entry.text }, ...edits.slice(0, -1)] : [];
}

/** @param {string} at */
const millis = (at) => new Date(at).getTime();
