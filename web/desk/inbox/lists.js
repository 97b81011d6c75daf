/**
 * The lists as this page knows them: rows as they were read or pushed, the newest of each.
 *
 * A list is read in pages; of what lies beyond the last page read nothing is shown, so that what is
 * shown has no gaps. After a lost line the lists are read anew, and what has left them goes.
 */
import { batch, signal } from "@preact/signals";
import { read } from "../api/api.js";
import { serverTime } from "../page/clock.js";
import { me } from "../person/me.js";
import { onFrame, onWelcome } from "../live/connection.js";
import { compare, goesFurther, listed, longestClosed, newer, place, shows } from "./rows.js";

/** @typedef {import("./rows.js").Row} Row */
/** @typedef {import("./rows.js").View} View */
/** @typedef {{row: Row, heard: number}} Known */
/** @typedef {{cursor: string | null, last: ReturnType<typeof place> | null, read: boolean, trouble: unknown}} Reach how far a list was read */

const PAGE = 50;
/** The lists' index is behind by moments: what was pushed just before a read may be missing there. */
const BEHIND_MS = 5_000;
const MOST_PAGES_TO_FIND = 10;
/** What was closed over a day is forgotten again, some at a time; who looks for it reads it anew. */
const MOST_KNOWN = 2_000;
const SPARE = 500;

/** @type {import("@preact/signals").Signal<Map<string, Known>>} */
const known = signal(new Map());
/** @type {import("@preact/signals").Signal<Map<View, Reach>>} */
const reaches = signal(new Map());
/** @type {import("@preact/signals").Signal<Record<string, {count: number, is_least: boolean}>>} */
export const counts = signal({});

/** @type {Map<string, Promise<void>>} */
const readings = new Map();
/** @type {View} */
let current = "waiting";

const viewer = () => ({ agentId: me.value?.agent_id ?? "", queues: me.value?.queues ?? null });

/** A conversation's newest row, if it is known. @param {string} id */
export const rowOf = (id) => known.value.get(id)?.row;

/** @type {() => void} */
let tellListed = () => undefined;
/** Once the list that is looked at is there, or cannot be had: what is wanted less can be fetched then. @type {Promise<void>} */
export const firstListed = new Promise((resolve) => { tellListed = resolve; });

/** Every row that is known, in no order. */
export const allRows = () => [...known.value.values()].map((one) => one.row);

/** How far a list was read. @param {View} view @returns {Reach} */
export const reachOf = (view) => reaches.value.get(view) ?? { cursor: null, last: null, read: false, trouble: null };

/** The rows of a list as far as it was read, in order. @param {View} view @param {number} at */
export function rowsOf(view, at) {
  const { cursor, last } = reachOf(view);
  const rows = listed([...known.value.values()].map((one) => one.row), view, viewer(), at);
  return cursor && last ? rows.filter((row) => compare(place(row), last) <= 0) : rows;
}

/** Be told of rows, and read anew after each connection. @returns {() => void} stops it */
export function startLists() {
  const stops = [
    onFrame("row", (frame) => hear([frame.row])),
    onFrame("gone", (frame) => forget(frame.conversation_id, frame.sequence)),
    // What waits for this agent's own answer is counted in the tab's title, whatever is looked at.
    onWelcome(() => { for (const view of new Set([current, /** @type {View} */ ("mine")])) void refreshNow(view); void readCounts(); }),
  ];
  return () => stops.forEach((stop) => stop());
}

/** Look at a list from now on. @param {View} view */
export function lookAt(view) {
  current = view;
  return refresh(view);
}

/** Read a list from its beginning, and not before now: an answer that is on its way may be older. @param {View} view */
function refreshNow(view) {
  return (readings.get(`${view} anew`) ?? Promise.resolve()).then(() => refresh(view));
}

/** Look again at the beginning of a list that somebody looks at; what they read beyond it stays. @param {View} view */
export const lookAgain = (view) => refresh(view, true);

/** Read a list from its beginning. @param {View} view @param {boolean} [isAgain] */
export function refresh(view, isAgain = false) {
  return inTurn(`${view} anew`, async () => {
    const asked = Date.now();
    const page = await pageOf(view, null);
    if (!page) return;
    batch(() => {
      const read = reach(view, page, isAgain ? reachOf(view) : null);
      dropMissing(view, new Set(page.rows.map((/** @type {Row} */ row) => row.conversation_id)), read, asked);
      hear(page.rows);
    });
  });
}

/** Read the list's next page, if there is one. @param {View} view */
export function readMore(view) {
  const { cursor } = reachOf(view);
  if (!cursor) return Promise.resolve();
  return inTurn(`${view} more`, async () => {
    const page = await pageOf(view, cursor);
    if (page) batch(() => { hear(page.rows); reach(view, page); });
  });
}

export function readCounts() {
  return inTurn("counts", async () => {
    counts.value = (await read("/inbox/counts")).counts;
  }).catch(() => undefined); // the lists say what is wrong; counts come with the next reading
}

/** Take rows that were read or pushed. @param {Row[]} rows */
export function hear(rows) {
  const next = new Map(known.peek());
  const heard = Date.now();
  for (const row of rows) {
    const before = next.get(row.conversation_id)?.row;
    if (newer(before, row) === row) next.set(row.conversation_id, { row, heard });
  }
  if (next.size > MOST_KNOWN && current !== "closed") for (const id of longestClosed(next, MOST_KNOWN - SPARE)) next.delete(id);
  known.value = next;
}

/** @param {string} id @param {number} sequence */
function forget(id, sequence) {
  const before = known.peek().get(id);
  if (!before || before.row.sequence > sequence) return;
  const next = new Map(known.peek());
  next.delete(id);
  known.value = next;
}

/** A page of a list, or null where it could not be read: what is shown stays. @param {View} view @param {string | null} cursor */
async function pageOf(view, cursor) {
  try {
    let page = await read("/inbox", { view, limit: PAGE, cursor });
    // A page may be empty and yet not the last.
    for (let more = 0; !page.rows.length && page.cursor && more < MOST_PAGES_TO_FIND; more += 1)
      page = await read("/inbox", { view, limit: PAGE, cursor: page.cursor });
    return page;
  } catch (trouble) {
    setReach(view, { ...reachOf(view), trouble });
    return null;
  }
}

/** @param {View} view @param {{rows: Row[], cursor: string | null}} page @param {Reach | null} [before] which stays if it goes further */
function reach(view, page, before = null) {
  const end = page.rows.at(-1);
  const to = { cursor: page.cursor, last: end ? place(end) : null, read: true, trouble: null };
  setReach(view, before && goesFurther(before, to) ? { ...before, trouble: null } : to);
  return to;
}

/** @param {View} view @param {Reach} to */
function setReach(view, to) {
  if (view === current) tellListed();
  reaches.value = new Map(reaches.peek()).set(view, to);
}

/**
 * What a list showed and has no more, as far as it was read, is not shown any longer.
 *
 * @param {View} view @param {Set<string>} there @param {Pick<Reach, "last" | "cursor">} read @param {number} asked
 */
function dropMissing(view, there, { last, cursor: more }, asked) {
  const gone = [...known.peek()].filter(([id, { row, heard }]) =>
    !there.has(id) && heard < asked - BEHIND_MS && shows(view, row, viewer(), serverTime())
    && (!more || !last || compare(place(row), last) <= 0));
  const next = new Map(known.peek());
  for (const [id] of gone) next.delete(id);
  known.value = next;
}

/** One reading of a kind at a time. @param {string} name @param {() => Promise<void>} reading */
function inTurn(name, reading) {
  const running = readings.get(name) ?? reading().finally(() => readings.delete(name));
  readings.set(name, running);
  return running;
}
