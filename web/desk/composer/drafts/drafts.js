/** Drafts on the desk: what is typed here can be gone on with on another screen. */
import { call } from "../../api/api.js";
import { Problem } from "../../api/problem.js";
import { reconcile, saving } from "./draft_rules.js";

/** @typedef {import("../writing.js").Writing} Writing */
/** @typedef {import("../../api/shapes.d.ts").Draft} Draft */

const PAUSE_MS = 2_000;
const LATER_MS = 30_000;

/** @type {Map<Writing, ReturnType<typeof setTimeout>>} */
const timers = new Map();

/** @param {Writing} writing */
const pathOf = ({ conversationId, kind }) => `/conversations/${conversationId}/drafts/${kind}`;

/** Look what the desk has of it, once the field is there. @param {Writing} writing */
export function compare(writing) {
  return inTurn(writing, async () => {
    const { data } = await call("GET", pathOf(writing), { repeatable: true });
    take(writing, data);
    writing.compared = true;
  });
}

/** Save when somebody pauses. @param {Writing} writing @param {number} [after] */
export function saveSoon(writing, after = PAUSE_MS) {
  clearTimeout(timers.get(writing));
  timers.set(writing, setTimeout(() => void save(writing), after));
}

/** Save now what is not saved; `leaving` is where nobody waits for the answer. @param {Writing} writing @param {boolean} [leaving] */
export function save(writing, leaving = false) {
  clearTimeout(timers.get(writing));
  timers.delete(writing);
  if (leaving) return put(writing, true).catch(() => undefined);
  return inTurn(writing, () => put(writing, false));
}

/** What stands here holds, over what was offered. @param {Writing} writing */
export function keepMine(writing) {
  const offered = writing.offered.peek();
  if (!offered) return;
  writing.change({ kept: offered.text, version: offered.version });
  writing.offered.value = null;
  void save(writing);
}

/** What was offered holds; what stood here is put behind it, so that nothing goes. @param {Writing} writing */
export function takeOffered(writing) {
  const offered = writing.offered.peek();
  if (!offered) return;
  const mine = writing.now.peek().text.trim();
  writing.change({
    text: mine && !offered.text.includes(mine) ? `${offered.text}\n\n${mine}` : offered.text,
    kept: offered.text, version: offered.version, seen_up_to: offered.seen_up_to,
  });
  writing.offered.value = null;
  saveSoon(writing);
}

/** @param {Writing} writing @param {Draft} kept */
function take(writing, kept) {
  const local = writing.now.peek();
  const verdict = reconcile(local, kept);
  if (verdict === "offer") writing.offered.value = kept;
  else if (verdict !== "same") {
    const text = verdict === "take" ? kept.text : local.text;
    const seen = verdict === "take" && kept.text ? kept.seen_up_to : local.seen_up_to;
    writing.change({ text, kept: kept.text, version: kept.version, seen_up_to: seen });
    if (verdict === "keep") saveSoon(writing);
  }
}

/** @param {Writing} writing @param {boolean} leaving */
async function put(writing, leaving) {
  const local = writing.now.peek();
  const { method, etag } = saving(local);
  if (!method || writing.offered.peek() || !writing.compared) return;
  const body = method === "PUT" ? { text: local.text, seen_up_to: local.seen_up_to } : undefined;
  try {
    const { data } = await call(method, pathOf(writing), { body, etag, repeatable: !leaving, keepalive: leaving });
    writing.change({ kept: local.text, version: data?.version ?? 0 });
    if (writing.now.peek().text !== local.text) saveSoon(writing); // typed on, or sent, meanwhile
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 412) throw error;
    const { data } = await call("GET", pathOf(writing), { repeatable: true });
    take(writing, data);
  }
}

/** One after the other; what did not work is tried again later: the text is kept here anyway. @param {Writing} writing @param {() => Promise<void>} what */
function inTurn(writing, what) {
  writing.saving = writing.saving.then(what).catch((error) => {
    if (error instanceof Problem && error.isPassing) saveLater(writing);
  });
  return writing.saving;
}

/** @param {Writing} writing */
function saveLater(writing) {
  clearTimeout(timers.get(writing));
  timers.set(writing, setTimeout(() => void (writing.compared ? save(writing) : compare(writing)), LATER_MS));
}
