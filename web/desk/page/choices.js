/** What this person chose for this machine. */
import { signal } from "@preact/signals";

const KEPT = "sportello.choices";

/** @typedef {{scheme: "system" | "light" | "dark", sound: boolean, notifications: boolean}} Choices */

/** @type {Choices} */
const FIRST = { scheme: "system", sound: true, notifications: true };

/** @type {import("@preact/signals").Signal<Choices>} */
export const choices = signal({ ...FIRST, ...kept() });
applyScheme();

/** @param {Partial<Choices>} changed */
export function choose(changed) {
  choices.value = { ...choices.value, ...changed };
  localStorage.setItem(KEPT, JSON.stringify(choices.value));
  applyScheme();
}

function applyScheme() {
  const { scheme } = choices.value;
  if (scheme === "system") delete document.documentElement.dataset.scheme;
  else document.documentElement.dataset.scheme = scheme;
}

/** @returns {Partial<Choices>} */
function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  } catch {
    return {}; // written by something else: begin with the usual
  }
}
