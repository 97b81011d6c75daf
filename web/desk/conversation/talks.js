/** The conversations that were open last: shown at once when somebody comes back, then read on. */
import { Talk } from "./talk.js";

const MOST = 20;

/** @type {Map<string, Talk>} */
const kept = new Map();

/** @param {string} id */
export function talkOf(id) {
  const talk = kept.get(id) ?? new Talk(id);
  kept.delete(id);
  kept.set(id, talk);
  for (const [other] of [...kept].slice(0, Math.max(0, kept.size - MOST))) kept.delete(other);
  return talk;
}
