/** What the desk tells in passing, at the bottom of the page: said once, gone by itself or by hand. */
import { signal } from "@preact/signals";

/**
 * @typedef {{label: string, act: () => void}} WayOut
 * @typedef {{id: number, text: string, kind: "plain" | "trouble", wayOut?: WayOut}} Message
 */

const SECONDS = { plain: 6, trouble: 20 };
const MOST = 4;

/** @type {import("@preact/signals").Signal<Message[]>} */
export const messages = signal([]);

let latest = 0;

/** @param {string} text @param {WayOut} [wayOut] */
export function tell(text, wayOut) {
  return show({ text, kind: "plain", wayOut });
}

/** Tell of something that did not work; it stays longer. @param {string} text @param {WayOut} [wayOut] */
export function tellTrouble(text, wayOut) {
  return show({ text, kind: "trouble", wayOut });
}

/** @param {number} id */
export function dismiss(id) {
  messages.value = messages.value.filter((message) => message.id !== id);
}

/** @param {Omit<Message, "id">} message */
function show(message) {
  const id = ++latest;
  const others = messages.value.filter((other) => other.text !== message.text);
  messages.value = [...others, { ...message, id }].slice(-MOST);
  setTimeout(() => dismiss(id), SECONDS[message.kind] * 1000);
  return id;
}
