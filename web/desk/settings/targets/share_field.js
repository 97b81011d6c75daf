/** A share in percent; what is none stays in the draft as typed. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { t } from "../../language/words.js";
import { TextField } from "../content/fields.js";
import { asTyped, unread } from "../content/unread.js";
import { parseShare, typedShare } from "./policies.js";

/**
 * `optional` says what an empty field means.
 *
 * @param {{label: any, value: number | string | null, onChange: (share: any) => void, wrong?: string, hint?: any, optional?: string, isAboveZero?: boolean}} props
 */
export function ShareField({ label, value, onChange, wrong, hint, optional, isAboveZero = false }) {
  const [text, setText] = useState(/** @type {string | null} */ (null));
  const write = (/** @type {string} */ to) => {
    setText(to);
    onChange(optional !== undefined && !to.trim() ? null : parseShare(to) ?? unread(to));
  };
  const shown = typeof value === "number" ? typedShare(value) : asTyped(value ?? "");
  const unfit = typeof value === "string" || (value === null && optional === undefined) || (isAboveZero && value === 0);
  return html`
    <div class="share" onFocusOut=${() => setText(null)}>
      <${TextField} label=${label} value=${text ?? shown} onChange=${write} hint=${value === null ? optional : hint} spellcheck=${false}
        wrong=${unfit ? t("content.share.wrong") : wrong} />
    </div>`;
}
