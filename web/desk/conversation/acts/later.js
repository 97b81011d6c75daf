/**
 * Acts that can be undone for some seconds because they have not been asked for yet. They go on when
 * their conversation is left, and leave at once when the page is, or its person signs out.
 */
import { signal } from "@preact/signals";
import { beforeSignOut } from "../../session/session.js";

const SECONDS = 5;

/** @typedef {{act: (last: boolean) => Promise<unknown>, timer: ReturnType<typeof setTimeout>, gone: () => void}} Waiting */

/** By conversation. @type {import("@preact/signals").Signal<Map<string, Waiting>>} */
const waiting = signal(new Map());

/** Whether a conversation's act still waits. @param {string} id */
export const isWaiting = (id) => waiting.value.has(id);

/**
 * @param {string} id the conversation
 * @param {(last: boolean) => Promise<unknown>} act `last` says that the page is being left
 * @param {() => void} gone called when it cannot be undone any more, or was
 */
export function soon(id, act, gone) {
  undo(id);
  const timer = setTimeout(() => void take(id)?.act(false), SECONDS * 1000);
  waiting.value = new Map(waiting.peek()).set(id, { act, timer, gone });
}

/** @param {string} id @returns {boolean} whether there was something to undo */
export function undo(id) {
  return take(id) !== undefined;
}

/** @param {string} id */
function take(id) {
  const one = waiting.peek().get(id);
  if (!one) return undefined;
  clearTimeout(one.timer);
  const others = new Map(waiting.peek());
  others.delete(id);
  waiting.value = others;
  one.gone();
  return one;
}

const leave = () => Promise.all([...waiting.peek().keys()].map((id) => take(id)?.act(true)));

addEventListener("pagehide", () => void leave());
beforeSignOut(leave);
