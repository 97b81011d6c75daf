/** Which public holidays a calendar keeps: packaged sets of countries, regions and cities. */
import { html } from "htm/preact";
import { useMemo, useState } from "preact/hooks";
import { language, t } from "../../../language/words.js";
import { Field } from "../../../parts/field.js";
import { setName, setsByCountry } from "./holiday_sets.js";

/** @param {{document: import("../../documents/document.js").SettingsDocument, name: string}} props */
export function HolidaysEditor({ document, name }) {
  const path = ["calendars", name, "holidays"];
  const written = document.draft.value.calendars[name].holidays ?? [];
  /** @type {string[]} */
  const kept = Array.isArray(written) ? written : [written];
  return html`
    <section class="panel" aria-labelledby="holidays">
      <h2 id="holidays">${t("hours.holidays")}</h2>
      <p class="muted">${t("hours.holidays.hint")}</p>
      ${kept.length
        ? html`
          <ul class="lines">${kept.map((set) => html`
            <li key=${set}>
              <span>${setName(set)}</span>
              ${document.mayWrite && html`
                <button type="button" class="plain" aria-label=${`${t("hours.remove")}: ${setName(set)}`}
                  onClick=${() => document.put(path, kept.filter((other) => other !== set))}>${t("hours.remove")}</button>`}
            </li>`)}</ul>`
        : html`<p class="muted">${t("hours.holidays.none")}</p>`}
      ${document.wrongAt(path) && html`<p class="trouble">${document.wrongAt(path)}</p>`}
      ${document.mayWrite && html`<${AddSet} kept=${kept} onAdd=${(/** @type {string} */ set) => document.put(path, [...kept, set])} />`}
    </section>`;
}

/** @param {{kept: string[], onAdd: (set: string) => void}} props */
function AddSet({ kept, onAdd }) {
  const [chosen, setChosen] = useState("");
  // Two hundred of them, drawn anew only when they change.
  const options = useMemo(() => optionsBut(kept), [kept.join(), language.value]);
  const add = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!chosen) return;
    onAdd(chosen);
    setChosen("");
  };
  return html`
    <form class="add-line" onSubmit=${add}>
      <${Field} label=${t("hours.holidays.set")}>
        ${(/** @type {any} */ attributes) => html`
          <select ...${attributes} value=${chosen} onChange=${(/** @type {any} */ event) => setChosen(event.currentTarget.value)}>
            <option value="">${t("hours.holidays.choose")}</option>
            ${options}
          </select>`}
      </${Field}>
      <button type="submit" disabled=${!chosen}>${t("hours.holidays.add")}</button>
    </form>`;
}

/** @param {readonly string[]} kept */
function optionsBut(kept) {
  return setsByCountry().map(({ country, sets }) => html`
    <optgroup key=${country} label=${setName(country)}>
      ${sets.filter((set) => !kept.includes(set)).map((set) => html`<option key=${set} value=${set}>${setName(set)}</option>`)}
    </optgroup>`);
}
