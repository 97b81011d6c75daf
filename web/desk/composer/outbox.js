/**
 * Messages on their way: kept on this machine until the desk has taken them in, sent by one tab at
 * a time, each under its own key, over cuts and reloads.
 */
import { effect, signal } from "@preact/signals";
import { call } from "../api/api.js";
import { Problem } from "../api/problem.js";
import { tell, tellTrouble } from "../page/messages.js";
import { go, route } from "../page/router.js";
import { t } from "../language/words.js";
import { onWelcome } from "../live/connection.js";
import { sessionState } from "../session/session.js";
import { allKept, drop, keep, keeper, kept, onKept } from "./sending/kept.js";
import {
  acknowledged, again, bodyOf, changing, due, failed, having, isUploading, laneOf, unsent, uploaded, uploadLost,
  wakeAt, without, written,
} from "./sending/outbox_items.js";
import { refusalWords } from "./sending/refusal_words.js";
import { writingOf } from "./writing.js";

/** @typedef {import("./sending/outbox_items.js").Item} Item */

const MOST_ITEMS = 100;
const MOST_SENT = 30;
const SHORTEST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
const BUSY_ELSEWHERE_MS = 2_000;
const LONGEST_DOCUMENT = 20_000;
const TAB = crypto.randomUUID();

/** All that was written and is not known to be in the story. @type {import("@preact/signals").Signal<readonly Item[]>} */
export const outbox = signal([]);

/** @type {Set<string>} lanes in which this tab sends */
const sending = new Set();
/** @type {Set<string>} other tabs whose end is waited for */
const watched = new Set();
/** @type {Set<string>} messages that are on their way from this tab */
const flying = new Set();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let whose = "";

effect(() => {
  const agent = keeper.value;
  const state = sessionState.value;
  if (agent !== whose) take(agent);
  if (state === "in") setTimeout(pump, 0);
});
onKept("outbox.", (name, item) => {
  const id = name.slice("outbox.".length);
  outbox.value = item ? having(outbox.peek(), item) : outbox.peek().filter((one) => one.id !== id || one.state === "sent");
  // What is heard of comes from a tab that is there; without locks its end is not noticed.
  if (item && isUploading(item) && navigator.locks) void outlive(item.tab);
  pump();
});
addEventListener("online", hurry);
addEventListener("pagehide", sendLeaving);
onWelcome(hurry);
if (navigator.locks) void navigator.locks.request(`sportello.tab.${TAB}`, () => new Promise(() => undefined));

/** How many are not taken in yet: what would be lost by signing out. */
export const unsentCount = () => unsent(outbox.value);

/** Take up what an agent had under way. @param {string} agent */
function take(agent) {
  whose = agent;
  outbox.value = agent ? allKept("outbox.").reduce(having, /** @type {readonly Item[]} */ ([])) : [];
  for (const item of outbox.peek()) if (isUploading(item)) void outlive(item.tab);
}

/** Files that another tab was sending go with it, whenever that is. @param {string} tab */
async function outlive(tab) {
  if (tab === TAB || watched.has(tab)) return;
  watched.add(tab);
  const giveUp = async () => {
    watched.delete(tab);
    for (const item of /** @type {Item[]} */ (allKept("outbox.")))
      if (item.tab === tab && isUploading(item)) update(item.id, () => uploadLost(item));
  };
  await (navigator.locks ? navigator.locks.request(`sportello.tab.${tab}`, giveUp) : giveUp());
}

/**
 * Have a message sent. Only once this has said yes may its text leave the field.
 *
 * @param {Parameters<typeof written>[0]} what @returns {boolean} whether it is kept
 */
export function put(what) {
  const item = written({ ...what, tab: TAB });
  if (unsent(outbox.peek()) >= MOST_ITEMS || !keep(nameOf(item.id), item)) return false;
  outbox.value = having(outbox.peek(), item);
  pump();
  return true;
}

/**
 * Take a message out, to be edited or thrown away; not while it is on its way.
 *
 * @param {string} id @returns {Promise<Item | undefined>}
 */
export async function withdraw(id) {
  const item = outbox.peek().find((one) => one.id === id && one.state !== "sent");
  if (!item || flying.has(id)) return undefined;
  /** @type {Item | undefined} */
  let out;
  const take = async () => {
    out = kept(nameOf(id)) ?? undefined;
    drop(nameOf(id));
    outbox.value = without(outbox.peek(), id);
  };
  // Who sends in a lane has it alone: then no other tab sends this one.
  await (sending.has(laneOf(item)) ? take() : alone(laneOf(item), take));
  pump();
  return out;
}

/** Send it once more, under the same key. @param {string} id @param {Partial<Item>} [changes] */
export function tryAgain(id, changes = {}) {
  update(id, (item) => again(item, changes));
  pump();
}

/** A file has arrived, or will not. @param {string} fileId @param {string | null} mediaId */
export function hearUpload(fileId, mediaId) {
  for (const item of outbox.peek()) {
    if (item.files.some((file) => file.file_id === fileId))
      update(item.id, (one) => (mediaId ? uploaded(one, fileId, mediaId) : uploadLost(one)));
  }
  pump();
}

/** The story shows these by now. @param {ReadonlySet<string>} effectKeys */
export function settle(effectKeys) {
  const left = outbox.peek().filter((item) => !(item.effect_key && effectKeys.has(item.effect_key)));
  if (left.length < outbox.peek().length) outbox.value = left;
}

/** @param {string} id */
const nameOf = (id) => `outbox.${id}`;

/** @param {string} id @param {(item: Item) => Item} change */
function update(id, change) {
  outbox.value = changing(outbox.peek(), id, change);
  const item = outbox.peek().find((one) => one.id === id);
  if (item?.state === "sent") drop(nameOf(id));
  else if (item) keep(nameOf(id), item);
}

/** The line is there again: do not wait out a pause. */
function hurry() {
  for (const item of outbox.peek())
    if (item.state === "waiting" && item.refusal?.status === 0) update(item.id, (one) => ({ ...one, next_at: 0 }));
  pump();
}

function pump() {
  clearTimeout(timer);
  if (sessionState.peek() !== "in" || !keeper.peek()) return;
  for (const item of due(outbox.peek(), Date.now())) void sendInTurn(item);
  const at = wakeAt(outbox.peek());
  if (at === null) return;
  const least = sending.size ? BUSY_ELSEWHERE_MS : SHORTEST_PAUSE_MS;
  timer = setTimeout(pump, Math.min(LONGEST_PAUSE_MS, Math.max(least, at - Date.now())));
}

/** @param {Item} item */
async function sendInTurn(item) {
  const lane = laneOf(item);
  if (sending.has(lane)) return;
  sending.add(lane);
  try {
    await alone(lane, () => sendKept(item.id));
  } finally {
    sending.delete(lane);
    pump();
  }
}

/** Only one tab sends in a lane at a time. @param {string} lane @param {() => Promise<void>} send */
async function alone(lane, send) {
  if (!navigator.locks) return void await send();
  const had = await navigator.locks.request(`sportello.send.${keeper.peek()}.${lane}`, { ifAvailable: true }, async (lock) => {
    if (lock) await send();
    return lock !== null;
  });
  if (!had) await new Promise((resolve) => setTimeout(resolve, BUSY_ELSEWHERE_MS));
}

/** @param {string} id of what another tab may have sent or taken back meanwhile */
async function sendKept(id) {
  const item = kept(nameOf(id));
  if (!item) {
    outbox.value = outbox.peek().filter((one) => one.id !== id || one.state === "sent");
    return;
  }
  outbox.value = having(outbox.peek(), item);
  if (!due([item], Date.now()).length) return;
  flying.add(id);
  await attempt(item).finally(() => flying.delete(id));
}

/** Whoever leaves takes nothing back any more. What is sent again when they return is sent once, by its key. */
function sendLeaving() {
  if (sessionState.peek() !== "in") return;
  for (const item of due(outbox.peek(), Infinity)) {
    if (flying.has(item.id)) continue;
    update(item.id, (one) => ({ ...one, uncertain: true, not_before: 0 }));
    void call("POST", pathOf(item), { body: bodyOf(item), key: item.id, keepalive: true }).catch(() => undefined);
  }
}

/** @param {Item} item */
const pathOf = (item) => `/conversations/${item.conversation_id}/${item.kind === "note" ? "notes" : "replies"}`;

/** @param {Item} item */
async function attempt(item) {
  // What a reload interrupts may have arrived, and is not to be written anew.
  keep(nameOf(item.id), { ...item, uncertain: true });
  try {
    const { data } = await call("POST", pathOf(item), { body: bodyOf(item), key: item.id });
    update(item.id, (one) => acknowledged(one, data.effect_key));
    forgetSent();
    writingOf(item.conversation_id, item.kind).sent(item.draft_version);
    if (data.unseen?.length) tellIn(item, tell, t("write.outbox.unseen", { count: data.unseen.length }));
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem(500, {});
    update(item.id, (one) => failed(one, { status: problem.status, document: bounded(problem.document) }, Date.now(), Math.random()));
    const now = outbox.peek().find((one) => one.id === item.id);
    if (now?.state === "refused" && !isOpen(item)) tellIn(item, tellTrouble, `${t("write.outbox.not_sent")}: ${refusalWords(now)}`);
  }
}

/** @param {Item} item */
const isOpen = (item) => route.peek().rest.includes(item.conversation_id);

/** @param {Item} item @param {typeof tell} say @param {string} words */
function tellIn(item, say, words) {
  const page = route.peek().page || "mine";
  say(words, isOpen(item) ? undefined : { label: t("write.outbox.look"), act: () => go(page === "search" ? "mine" : page, item.conversation_id) });
}

/** @param {Record<string, any>} document */
const bounded = (document) =>
  JSON.stringify(document).length <= LONGEST_DOCUMENT ? document : { type: document.type, title: document.title };

/** Of what was sent the latest are remembered until a story shows them. */
function forgetSent() {
  const sent = outbox.peek().filter((item) => item.state === "sent");
  const old = new Set(sent.slice(0, Math.max(0, sent.length - MOST_SENT)).map((item) => item.id));
  if (old.size) outbox.value = outbox.peek().filter((item) => !old.has(item.id));
}
