/** A line in which something is given a name that nothing else has. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { t } from "../../language/words.js";
import { Field } from "../../parts/field.js";
import { NAME } from "../content/lists.js";

/** @param {{label: string, button: string, taken: string[], onAdd: (name: string) => void}} props */
export function AddName({ label, button, taken, onAdd }) {
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const wrong = !NAME.test(name) ? t("settings.wrong_name") : taken.includes(name) ? t("settings.name_taken") : "";
  const add = (/** @type {Event} */ event) => {
    event.preventDefault();
    setTried(!!wrong);
    if (wrong) return;
    onAdd(name);
    setName("");
  };
  return html`
    <form class="add-line" onSubmit=${add}>
      <${Field} label=${label} wrong=${(tried && wrong) || undefined}>
        ${(/** @type {any} */ attributes) => html`
          <input ...${attributes} autocapitalize="off" autocomplete="off" maxlength="64" value=${name}
            onInput=${(/** @type {any} */ event) => setName(event.currentTarget.value.trim().toLowerCase())} />`}
      <//>
      <button type="submit">${button}</button>
    </form>`;
}
