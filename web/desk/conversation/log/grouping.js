/** A story as blocks that are shown one below the other: days, messages in runs, facts together. */
import { isChange } from "./folding.js";
import { factOf } from "./facts.js";
import { nameOfEntry } from "../story.js";

/** @typedef {import("../../api/shapes.d.ts").Entry} Entry */
/** @typedef {import("./facts.js").Fact} Fact */
/** @typedef {{key: string, fact: Fact, entry: Entry}} Told */
/**
 * @typedef {{kind: "day", key: string, at: string}
 *   | {kind: "unread", key: string}
 *   | {kind: "message", key: string, entry: Entry, follows: boolean}
 *   | {kind: "facts", key: string, told: Told[]}} Block
 */

const RUN_MS = 5 * 60_000;

/** Whether somebody said it, or pressed, or wrote a note. @param {Entry} entry */
function isMessage(entry) {
  return nameOfEntry(entry) !== "" && !isChange(entry) && entry.detail.kind !== "handle_change";
}

/**
 * @param {readonly Entry[]} entries with changes folded
 * @param {string} unread the message before which the line of what is new stands, if any
 * @returns {Block[]}
 */
export function blocksOf(entries, unread = "") {
  /** @type {Block[]} */
  const blocks = [];
  const names = new Map();
  let day = "";
  /** @type {Entry | null} */
  let before = null;
  for (const entry of entries) {
    const key = unique(names, nameOfEntry(entry) || `${entry.type}:${entry.at}`);
    const its = new Date(entry.at).toDateString();
    if (its !== day) {
      blocks.push({ kind: "day", key: unique(names, `day:${its}`), at: entry.at });
      before = null;
    }
    day = its;
    if (isMessage(entry)) {
      if (key === unread) {
        blocks.push({ kind: "unread", key: "unread" });
        before = null;
      }
      blocks.push({ kind: "message", key, entry, follows: !!before && isOneRun(before, entry) });
      before = entry;
    } else {
      tell(blocks, { key, fact: factOf(entry), entry });
      before = null;
    }
  }
  return blocks;
}

/** @param {Block[]} blocks @param {Told} told facts that follow one another stand together */
function tell(blocks, told) {
  const last = blocks.at(-1);
  if (last?.kind === "facts") last.told.push(isSaidBy(last.told, told.entry) ? { ...told, fact: { ...told.fact, minor: true } } : told);
  else blocks.push({ kind: "facts", key: `facts:${told.key}`, told: [told] });
}

const HANDS_OVER = new Set(["ConversationTakenOver", "AgentAssigned"]);

/** Whose it is now need not be said after who took it over, or got it. @param {Told[]} told @param {Entry} entry */
const isSaidBy = (told, { type, detail }) => type === "OwnerChanged"
  && told.some(({ entry }) => HANDS_OVER.has(entry.type) && entry.detail.agent_id === detail.name);

/** @param {Entry} before @param {Entry} entry */
function isOneRun(before, entry) {
  return before.type !== "NoteWritten" && before.type === entry.type && before.author === entry.author
    && before.detail.agent_id === entry.detail.agent_id
    && new Date(entry.at).getTime() - new Date(before.at).getTime() < RUN_MS;
}

/** @param {Map<string, number>} names @param {string} name what happened twice at one moment is told apart */
function unique(names, name) {
  const times = (names.get(name) ?? 0) + 1;
  names.set(name, times);
  return times === 1 ? name : `${name}#${times}`;
}
