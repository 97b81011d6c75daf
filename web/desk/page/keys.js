/**
 * Keys of the keyboard: single letters while no field has the focus, and Ctrl+K everywhere.
 *
 * Whoever types, composes with an input method, or holds a modifier that the browser owns is never
 * interrupted. Single letters can be switched off (WCAG 2.1.4).
 */
import { useEffect } from "preact/hooks";
import { signal } from "@preact/signals";

/** @typedef {{keys: string, label: string, act: (event: KeyboardEvent) => void, always?: boolean, hidden?: boolean}} Shortcut */

const KEPT = "sportello.letters";

/** The shortcuts that work here and now, the latest last. @type {import("@preact/signals").Signal<Shortcut[]>} */
export const shortcuts = signal([]);

/** Whether single letters act. */
export const lettersAct = signal(localStorage.getItem(KEPT) !== "off");

/** @param {boolean} on */
export function setLettersAct(on) {
  lettersAct.value = on;
  localStorage.setItem(KEPT, on ? "on" : "off");
}

/**
 * Have keys act as long as the component is shown. `keys` are names as `KeyboardEvent.key` has them,
 * several with a space between; `always` are those that act while somebody types (`Ctrl+k`).
 *
 * @param {Shortcut[]} wanted @param {readonly unknown[]} [when] what they depend on
 */
export function useShortcuts(wanted, when = []) {
  useEffect(() => {
    shortcuts.value = [...shortcuts.peek(), ...wanted];
    return () => { shortcuts.value = shortcuts.peek().filter((one) => !wanted.includes(one)); };
  }, when);
}

/** @returns {() => void} stops listening */
export function listenForKeys() {
  addEventListener("keydown", pressed);
  return () => removeEventListener("keydown", pressed);
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  const found = shortcutFor(event, shortcuts.peek(), isTyping(event.target), lettersAct.peek());
  if (!found) return;
  event.preventDefault();
  found.act(event);
}

/**
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">} event
 * @param {Shortcut[]} active @param {boolean} typing @param {boolean} letters
 */
export function shortcutFor(event, active, typing, letters) {
  const name = nameOf(event);
  if (!name) return undefined;
  const single = name.length === 1;
  return active.findLast((one) =>
    one.keys.split(" ").includes(name) && (one.always || (!typing && (letters || !single))));
}

/** @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">} event */
function nameOf(event) {
  if (event.altKey) return "";
  return event.ctrlKey || event.metaKey ? `Ctrl+${event.key.toLowerCase()}` : event.key;
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (document.querySelector("dialog[open]") && !target.closest("dialog")) return true;
  if (target.closest("dialog, [role=menu], [role=listbox]")) return true;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
