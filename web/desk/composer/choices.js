/** What an agent has chosen on this machine about how they write. */
import { signal } from "@preact/signals";

const KEPT = "sportello.writing";

/** @typedef {{enterSends: boolean, undo: boolean, originalSize: boolean}} Choices */

/** @returns {Choices} */
function read() {
  const none = { enterSends: false, undo: false, originalSize: false };
  try {
    return { ...none, ...JSON.parse(localStorage.getItem(KEPT) ?? "{}") };
  } catch {
    return none;
  }
}

/** @type {import("@preact/signals").Signal<Choices>} */
export const choices = signal(read());

/** @param {Partial<Choices>} changes */
export function choose(changes) {
  choices.value = { ...choices.peek(), ...changes };
  localStorage.setItem(KEPT, JSON.stringify(choices.peek()));
}
