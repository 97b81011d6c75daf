/** A duration as people type it; one that is none stays in the draft as typed, so that nothing else is saved for it. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { language, t } from "../../language/words.js";
import { TextField } from "../content/fields.js";
import { asTyped, unread } from "../content/unread.js";
import { parseDuration, spokenDuration, typedDuration } from "./durations.js";

/**
 * `optional` says what an empty field means.
 *
 * @param {{label: any, value: number | string | null, onChange: (seconds: any) => void, wrong?: string, hint?: any,
 *   least?: number, most?: number, optional?: string}} props
 */
export function DurationField({ label, value, onChange, wrong, hint, least = 1, most = 31_536_000, optional }) {
  const [text, setText] = useState(/** @type {string | null} */ (null));
  const write = (/** @type {string} */ to) => {
    setText(to);
    onChange(optional !== undefined && !to.trim() ? null : parseDuration(to) ?? unread(to));
  };
  const shown = typeof value === "number" ? typedDuration(value, t("content.day_letter")) : asTyped(value ?? "");
  return html`
    <div class="duration" onFocusOut=${() => setText(null)}>
      <${TextField} label=${label} value=${text ?? shown} onChange=${write} spellcheck=${false}
        hint=${hint ?? (typeof value === "number" ? spokenDuration(value, language.value) : value === null ? optional : undefined)}
        wrong=${durationFault(value, least, most, optional !== undefined) || wrong} />
    </div>`;
}

/** @param {number | string | null} value @param {number} least @param {number} most @param {boolean} optional */
function durationFault(value, least, most, optional) {
  if (value === null) return optional ? "" : t("content.duration.wrong");
  if (typeof value === "string") return t("content.duration.wrong");
  if (value < least) return t("content.duration.least", { least: spokenDuration(least, language.value) });
  return value > most ? t("content.duration.most", { most: spokenDuration(most, language.value) }) : "";
}
