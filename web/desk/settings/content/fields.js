/** Fields that the editors of content share. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { languageName } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Field } from "../../parts/field.js";
import { toggled } from "./lists.js";

/** @param {Event} event */
export const typed = (event) => /** @type {HTMLInputElement} */ (event.target).value;

/**
 * Text of at most so many characters; what is too long is told and not cut.
 *
 * @param {{label: any, value: string, onChange: (text: string) => void, hint?: any, wrong?: string, most?: number,
 *   rows?: number, lang?: string, placeholder?: string, inputRef?: any, spellcheck?: boolean}} props
 */
export function TextField({ label, value, onChange, hint, wrong, most, rows, lang, placeholder, inputRef, spellcheck }) {
  const length = [...value].length;
  const tooLong = most && length > most ? t("content.too_long", { length, most }) : "";
  return html`
    <${Field} label=${label} hint=${hint} wrong=${tooLong || wrong}>
      ${(/** @type {any} */ attributes) => (rows
        ? html`<textarea ...${attributes} ref=${inputRef} rows=${rows} lang=${lang} placeholder=${placeholder} value=${value}
            spellcheck=${spellcheck} onInput=${(/** @type {Event} */ event) => onChange(typed(event))}></textarea>`
        : html`<input ...${attributes} ref=${inputRef} lang=${lang} placeholder=${placeholder} value=${value} autocomplete="off"
            spellcheck=${spellcheck} onInput=${(/** @type {Event} */ event) => onChange(typed(event))} />`)}
    <//>`;
}

/**
 * A list that is written one a line; while somebody writes, their lines stay as they are.
 *
 * @param {{label: any, value: readonly string[], onChange: (lines: string[]) => void, parse: (text: string) => string[],
 *   hint?: any, wrong?: string, rows?: number, lang?: string}} props
 */
export function LinesField({ label, value, onChange, parse, hint, wrong, rows = 4, lang }) {
  const [text, setText] = useState(/** @type {string | null} */ (null));
  const write = (/** @type {Event} */ event) => {
    setText(typed(event));
    onChange(parse(typed(event)));
  };
  return html`
    <${Field} label=${label} hint=${hint} wrong=${wrong}>
      ${(/** @type {any} */ attributes) => html`
        <textarea ...${attributes} rows=${rows} lang=${lang} value=${text ?? value.join("\n")} spellcheck=${lang !== undefined}
          onInput=${write} onBlur=${() => setText(null)}></textarea>`}
    <//>`;
}

/** @param {{label: any, value: string, options: import("./known.js").Option[], onChange: (value: string) => void, hint?: any, wrong?: string}} props */
export function ChoiceField({ label, value, options, onChange, hint, wrong }) {
  const all = options.some((option) => option.value === value) ? options : [...options, { value, label: value }];
  return html`
    <${Field} label=${label} hint=${hint} wrong=${wrong}>
      ${(/** @type {any} */ attributes) => html`
        <select ...${attributes} value=${value} onChange=${(/** @type {Event} */ event) => onChange(typed(event))}>
          ${all.map((option) => html`<option key=${option.value} value=${option.value} selected=${option.value === value}>${option.label}</option>`)}
        </select>`}
    <//>`;
}

/** @param {{label: any, checked: boolean, onChange: (on: boolean) => void}} props */
export function Check({ label, checked, onChange }) {
  return html`
    <label class="check">
      <input type="checkbox" checked=${checked}
        onChange=${(/** @type {Event} */ event) => onChange(/** @type {HTMLInputElement} */ (event.target).checked)} />
      <span>${label}</span>
    </label>`;
}

/**
 * Several of a list; those chosen that are not in it are shown all the same. `none` says what no choice means.
 *
 * @param {{label: any, options: import("./known.js").Option[], chosen: readonly string[], onChange: (chosen: string[]) => void,
 *   none?: string, wrong?: string}} props
 */
export function Choices({ label, options, chosen, onChange, none, wrong }) {
  const unknown = chosen.filter((value) => !options.some((option) => option.value === value));
  const all = [...options, ...unknown.map((value) => ({ value, label: value }))];
  return html`
    <fieldset class="field choices">
      <legend>${label}${none && !chosen.length && html`<span class="muted">: ${none}</span>`}</legend>
      <div class="checks">
        ${all.map(({ value, label: words }) => html`
          <${Check} key=${value} label=${words} checked=${chosen.includes(value)} onChange=${() => onChange(toggled(chosen, value))} />`)}
        ${!all.length && html`<span class="muted">${t("content.none_there")}</span>`}
      </div>
      ${wrong && html`<span class="wrong">${wrong}</span>`}
    </fieldset>`;
}

/**
 * The same words in several languages, one field each.
 *
 * @param {{label: string, languages: readonly string[], words: Record<string, string>, onChange: (language: string, text: string) => void,
 *   wrongAt?: (language: string) => string, hint?: (language: string) => any, most?: number, rows?: number}} props
 */
export function WordsByLanguage({ label, languages, words, onChange, wrongAt, hint, most, rows }) {
  return languages.map((language) => html`
    <${TextField} key=${language} label=${t("content.in_language", { what: label, language: languageName(language) })} lang=${language}
      value=${words[language] ?? ""} most=${most} rows=${rows} hint=${hint?.(language)} wrong=${wrongAt?.(language)}
      onChange=${(/** @type {string} */ text) => onChange(language, text)} />`);
}
