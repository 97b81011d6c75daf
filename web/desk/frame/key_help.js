/** Which keys do what, here and now. */
import { html } from "htm/preact";
import { t } from "../language/words.js";
import { Dialog } from "../parts/dialog.js";
import { lettersAct, shortcuts } from "../page/keys.js";

/** @param {{onClose: () => void}} props */
export default function KeyHelp({ onClose }) {
  const shown = new Map(shortcuts.value.filter((one) => !one.hidden).map((one) => [one.keys, one]));
  return html`
    <${Dialog} title=${t("keys")} onClose=${onClose}>
      ${!lettersAct.value && html`<p class="notice off">${t("keys.letters_off")}</p>`}
      <dl class="keys">
        ${[...shown.values()].map((one) => html`
          <div key=${one.keys}>
            <dt>${one.keys.split(" ").map((key) => html`<kbd key=${key}>${key.replace("Ctrl+", "Ctrl ")}</kbd> `)}</dt>
            <dd>${t(one.label)}</dd>
          </div>`)}
      </dl>
    <//>`;
}
