/** The name under which other systems and the address know something; changed by a button, once it fits. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { t } from "../../language/words.js";
import { TextField } from "./fields.js";
import { NAME } from "./lists.js";

/** @param {{name: string, taken: string[], onRename: (name: string) => void, hint?: string, isFree?: boolean}} props `isFree`: any words will do */
export function NameField({ name, taken, onRename, hint = t("canned.name.hint"), isFree = false }) {
  const [wanted, setWanted] = useState(name);
  const isTaken = wanted !== name && taken.includes(wanted);
  const isFit = isFree ? wanted.trim() !== "" : NAME.test(wanted);
  const wrong = isTaken ? t("content.name.taken") : isFit ? "" : t(isFree ? "content.name.empty" : "content.name.wrong");
  return html`
    <details>
      <summary>${t("content.name", { name })}</summary>
      <div class="one-line">
        <${TextField} label=${t("content.name.new")} hint=${hint} value=${wanted} spellcheck=${false} wrong=${wrong} onChange=${setWanted} />
        <button type="button" disabled=${!!wrong || wanted === name} onClick=${() => onRename(wanted.trim())}>${t("content.rename")}</button>
      </div>
    </details>`;
}
