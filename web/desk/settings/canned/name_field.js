/** The name under which other systems and the address know something; changed by a button, once it fits. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { t } from "../../language/words.js";
import { TextField } from "../content/fields.js";
import { NAME } from "../content/lists.js";

/** @param {{name: string, taken: string[], onRename: (name: string) => void}} props */
export function NameField({ name, taken, onRename }) {
  const [wanted, setWanted] = useState(name);
  const isTaken = wanted !== name && taken.includes(wanted);
  const fits = NAME.test(wanted) && !isTaken;
  return html`
    <details>
      <summary>${t("canned.name", { name })}</summary>
      <div class="add-line">
        <${TextField} label=${t("canned.name.new")} hint=${t("canned.name.hint")} value=${wanted} spellcheck=${false} onChange=${setWanted}
          wrong=${isTaken ? t("canned.name.taken") : fits ? "" : t("content.name.wrong")} />
        <button type="button" disabled=${!fits || wanted === name} onClick=${() => onRename(wanted)}>${t("canned.rename")}</button>
      </div>
    </details>`;
}
