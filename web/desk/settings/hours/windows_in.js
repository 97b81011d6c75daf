/** A line of text windows: typed as people type, shown as they are understood. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { t } from "../../language/words.js";
import { Field } from "../../parts/field.js";
import { windowsName } from "./hours_words.js";
import { parseWindows } from "./windows.js";

/** @typedef {import("./windows.js").Window} Window */

/**
 * `typed` is what was typed there and is not understood.
 *
 * @param {{label: any, windows: readonly Window[], typed?: string, wrong?: string, hint?: any,
 *   onWindows: (windows: Window[]) => void, onUnfit: (text: string) => void}} props
 */
export function WindowsIn({ label, windows, typed, wrong, hint, onWindows, onUnfit }) {
  const [text, setText] = useState(/** @type {string | null} */ (null));
  const shown = text ?? typed ?? windowsName(windows);
  const onInput = (/** @type {any} */ event) => {
    setText(event.currentTarget.value);
    const parsed = parseWindows(event.currentTarget.value);
    if ("windows" in parsed) onWindows(parsed.windows);
    else onUnfit(event.currentTarget.value);
  };
  // What is half typed is not wrong yet.
  const said = typed !== undefined && text === null ? wrongWords(typed) : wrong;
  return html`
    <${Field} label=${label} hint=${hint} wrong=${said}>
      ${(/** @type {any} */ attributes) => html`
        <input ...${attributes} autocomplete="off" spellcheck="false" value=${shown} onInput=${onInput} onBlur=${() => setText(null)} />`}
    </${Field}>`;
}

/** @param {string} text @returns {string | undefined} */
export function wrongWords(text) {
  const parsed = parseWindows(text);
  return "wrong" in parsed ? t(parsed.wrong, { at: parsed.at }) : undefined;
}
