/**
 * What is kept on this machine for one agent: others who sign in here never see it, and it goes
 * when they sign out.
 */
import { effect, signal } from "@preact/signals";
import { me } from "../../person/me.js";
import { sessionState } from "../../session/session.js";

const ALL = "sportello.of.";

/** Whose things are kept here now; empty while nobody is known. */
export const keeper = signal("");

let before = sessionState.peek();

effect(() => {
  const agent = me.value?.agent_id ?? "";
  const state = sessionState.value;
  // A tab that was never signed in says nothing of others; a session that ran out keeps all.
  if (state === "out" && ["in", "ended"].includes(before)) wipe(keeper.peek());
  before = state;
  keeper.value = state === "out" ? "" : agent;
});

/** @param {string} name */
const keyOf = (name) => `${ALL}${keeper.peek()}.${name}`;

/** @param {string} name @returns {any} what was kept, null if nothing can be read */
export function kept(name) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(name)) ?? "null");
  } catch {
    return null;
  }
}

/** @param {string} name @param {unknown} what @returns {boolean} whether it is kept now */
export function keep(name, what) {
  if (!keeper.peek()) return false;
  try {
    localStorage.setItem(keyOf(name), JSON.stringify(what));
    return true;
  } catch {
    return false; // full, or forbidden by the browser
  }
}

/** @param {string} name */
export function drop(name) {
  localStorage.removeItem(keyOf(name));
}

/** Names that begin so, of what is kept. @param {string} start */
export function namesKept(start) {
  const prefix = keyOf("");
  return Object.keys(localStorage).filter((key) => key.startsWith(prefix + start)).map((key) => key.slice(prefix.length));
}

/** All that is kept under names that begin so. @param {string} start @returns {any[]} */
export const allKept = (start) => namesKept(start).map(kept).filter((one) => one !== null);

/** Hear what another tab of the same agent keeps or drops. @param {string} start @param {(name: string, what: any) => void} hear @returns {() => void} */
export function onKept(start, hear) {
  const listen = (/** @type {StorageEvent} */ event) => {
    const prefix = keyOf("");
    if (!event.key?.startsWith(prefix + start)) return;
    hear(event.key.slice(prefix.length), event.newValue === null ? null : JSON.parse(event.newValue));
  };
  addEventListener("storage", listen);
  return () => removeEventListener("storage", listen);
}

/** @param {string} agent */
function wipe(agent) {
  if (!agent) return;
  for (const storage of [localStorage, sessionStorage]) {
    for (const key of Object.keys(storage)) if (key.startsWith(`${ALL}${agent}.`)) storage.removeItem(key);
  }
}
