/** Days that have windows of their own, whatever else would hold on them. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { t } from "../../../language/words.js";
import { Field } from "../../../parts/field.js";
import { dayOf, isDate, writtenDay } from "./closures.js";
import { dateName } from "../hours_words.js";
import { parseWindows } from "../windows.js";
import { WindowsIn, wrongWords } from "../windows_in.js";

/** @typedef {import("../../documents/document.js").SettingsDocument} SettingsDocument */
/** @typedef {import("../windows.js").Window} Window */

/** @param {{document: SettingsDocument, name: string}} props */
export function SpecialDaysEditor({ document, name }) {
  const path = ["calendars", name, "special"];
  const special = document.draft.value.calendars[name].special ?? {};
  const dates = Object.keys(special).sort();
  return html`
    <section class="panel" aria-labelledby="special">
      <h2 id="special">${t("hours.special")}</h2>
      <p class="muted">${t("hours.special.hint")}</p>
      ${dates.length > 0 && html`
        <ul class="week">${dates.map((date) => html`<li key=${date}><${SpecialDay} document=${document} path=${[...path, date]} date=${date} /></li>`)}</ul>`}
      ${document.mayWrite && html`
        <${AddDay} taken=${dates} onAdd=${(/** @type {string} */ date, /** @type {{windows: Window[], label: string}} */ day) => document.put([...path, date], writtenDay(day))} />`}
    </section>`;
}

/** @param {{document: SettingsDocument, path: string[], date: string}} props */
function SpecialDay({ document, path, date }) {
  const day = dayOf(document.draft.value.calendars[path[1] ?? ""].special[date]);
  const named = dateName(date);
  return html`
    <${WindowsIn} label=${day.label ? `${named} (${day.label})` : named} windows=${day.windows} typed=${document.typed(path)} wrong=${document.wrongAt(path)}
      onWindows=${(/** @type {Window[]} */ windows) => document.type(path, "", writtenDay({ ...day, windows }))}
      onUnfit=${(/** @type {string} */ text) => document.type(path, text, undefined)} />
    ${document.mayWrite && html`
      <button type="button" class="plain" aria-label=${`${t("hours.remove")}: ${named}`} onClick=${() => document.take(path)}>${t("hours.remove")}</button>`}`;
}

/** @param {{taken: string[], onAdd: (date: string, day: {windows: Window[], label: string}) => void}} props */
function AddDay({ taken, onAdd }) {
  const [date, setDate] = useState("");
  const [text, setText] = useState("");
  const [label, setLabel] = useState("");
  const [tried, setTried] = useState(false);
  const wrongDate = !isDate(date) ? t("hours.wrong.first") : taken.includes(date) ? t("hours.wrong.taken") : "";
  const add = (/** @type {Event} */ event) => {
    event.preventDefault();
    const parsed = parseWindows(text);
    const fits = !wrongDate && "windows" in parsed;
    setTried(!fits);
    if (!fits) return;
    onAdd(date, { windows: parsed.windows, label });
    for (const clear of [setDate, setText, setLabel]) clear("");
  };
  const onInput = (/** @type {(text: string) => void} */ set) => (/** @type {any} */ event) => set(event.currentTarget.value);
  return html`
    <form class="add-line" onSubmit=${add} noValidate>
      <${Field} label=${t("hours.date")} wrong=${(tried && wrongDate) || undefined}>
        ${(/** @type {any} */ attributes) => html`<input ...${attributes} type="date" value=${date} onInput=${onInput(setDate)} />`}
      </${Field}>
      <${Field} label=${t("hours.windows")} wrong=${tried ? wrongWords(text) : undefined}>
        ${(/** @type {any} */ attributes) => html`<input ...${attributes} autocomplete="off" placeholder=${t("hours.windows.example")} value=${text} onInput=${onInput(setText)} />`}
      </${Field}>
      <${Field} label=${t("hours.label")}>
        ${(/** @type {any} */ attributes) => html`<input ...${attributes} maxlength="120" value=${label} onInput=${onInput(setLabel)} />`}
      </${Field}>
      <button type="submit">${t("hours.special.add")}</button>
      ${(date || text || label) && html`<span class="hint">${t("hours.not_added_yet")}</span>`}
    </form>`;
}
