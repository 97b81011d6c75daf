/** Fields tied to a place of a draft: they show what stands there, write it, and say what is wrong with it. */
import { html } from "htm/preact";
import { useId, useMemo, useState } from "preact/hooks";
import { t } from "../../language/words.js";
import { Field } from "../../parts/field.js";
import { at } from "./pointers.js";
import { shownLine, wordsIn } from "./typed_words.js";

/**
 * @typedef {import("./draft.js").Draft} Draft
 * @typedef {import("./pointers.js").Path} Path
 * @typedef {{document: Draft, path: Path, label: any, hint?: any}} Place
 * @typedef {{value: any, label: any}} Choice
 */

/** @param {Place & {maxlength?: number, rows?: number, attributes?: Record<string, any>}} props */
export function TextIn({ document, path, label, hint, maxlength, rows, attributes: further = {} }) {
  const value = at(document.draft.value, path) ?? "";
  const onInput = (/** @type {any} */ event) => document.put(path, event.currentTarget.value);
  return html`
    <${Field} label=${label} hint=${hint} wrong=${document.wrongAt(path)}>
      ${(/** @type {any} */ attributes) => rows
        ? html`<textarea ...${attributes} ...${further} rows=${rows} maxlength=${maxlength} value=${value} onInput=${onInput}></textarea>`
        : html`<input ...${attributes} ...${further} maxlength=${maxlength} value=${value} onInput=${onInput} />`}
    </${Field}>`;
}

/**
 * A whole number; with `empty` the field may be left empty, which is that value (`null`).
 *
 * @param {Place & {least?: number, most?: number, empty?: any, placeholder?: string}} props
 */
export function NumberIn({ document, path, label, hint, least = 0, most = 1_000_000, empty, placeholder }) {
  const typed = document.typed(path);
  const value = at(document.draft.value, path);
  const onInput = (/** @type {any} */ event) => {
    const text = event.currentTarget.value.trim();
    document.type(path, event.currentTarget.value, text === "" ? empty : whole(text, least, most));
  };
  const wrong = typed === undefined ? document.wrongAt(path) : t("field.wrong_number", { least, most });
  return html`
    <${Field} label=${label} hint=${hint} wrong=${wrong}>
      ${(/** @type {any} */ attributes) => html`
        <input ...${attributes} class="figure" inputmode="numeric" autocomplete="off" placeholder=${placeholder}
          value=${typed ?? value ?? ""} onInput=${onInput} />`}
    </${Field}>`;
}

/** @param {string} text @param {number} least @param {number} most */
function whole(text, least, most) {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}

/** One of several; what stands there and is none of them is shown as well. @param {Place & {choices: Choice[]}} props */
export function ChoiceIn({ document, path, label, hint, choices }) {
  const value = at(document.draft.value, path) ?? "";
  const shown = choices.some((one) => one.value === value) ? choices : [...choices, { value, label: value || t("value.nothing") }];
  const options = useMemo(
    () => shown.map((one) => html`<option key=${one.value} value=${one.value} selected=${one.value === value}>${one.label}</option>`), [choices, value]);
  return html`
    <${Field} label=${label} hint=${hint} wrong=${document.wrongAt(path)}>
      ${(/** @type {any} */ attributes) => html`
        <select ...${attributes} value=${value} onChange=${(/** @type {any} */ event) => document.put(path, event.currentTarget.value)}>
          ${options}
        </select>`}
    </${Field}>`;
}

/** One of a few, all of them to be seen. @param {Place & {choices: Choice[]}} props */
export function RadioIn({ document, path, label, hint, choices }) {
  const group = useId();
  const value = at(document.draft.value, path) ?? null;
  const wrong = document.wrongAt(path);
  return html`
    <fieldset class="field names">
      <legend>${label}</legend>
      ${hint && html`<span class="hint">${hint}</span>`}
      <div class="checks">${choices.map((one) => html`
        <label class="check" key=${one.value}><input type="radio" name=${group} checked=${value === one.value} onChange=${() => document.put(path, one.value)} /> ${one.label}</label>`)}</div>
      ${wrong && html`<span class="wrong">${wrong}</span>`}
    </fieldset>`;
}

/** @param {Place} props */
export function CheckIn({ document, path, label, hint }) {
  const id = useId();
  const wrong = document.wrongAt(path);
  return html`
    <div class="field">
      <label class="check"><input type="checkbox" checked=${at(document.draft.value, path) ?? false}
        aria-describedby=${hint || wrong ? id : undefined} aria-invalid=${wrong ? "true" : undefined}
        onChange=${(/** @type {any} */ event) => document.put(path, event.currentTarget.checked)} /> ${label}</label>
      <span id=${id}>${hint && html`<span class="hint">${hint}</span>`}${wrong && html`<span class="wrong">${wrong}</span>`}</span>
    </div>`;
}

/** Any of several names, as a list; what is chosen and not among the choices is shown as well. @param {Place & {choices: Choice[]}} props */
export function NamesIn({ document, path, label, hint, choices }) {
  /** @type {string[]} */
  const chosen = at(document.draft.value, path) ?? [];
  const strange = chosen.filter((name) => !choices.some((one) => one.value === name));
  const all = [...choices, ...strange.map((name) => ({ value: name, label: t("field.strange", { name }) }))];
  const toggle = (/** @type {string} */ name) =>
    document.put(path, chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name]);
  const wrong = document.wrongAt(path);
  return html`
    <fieldset class="field names">
      <legend>${label}</legend>
      ${hint && html`<span class="hint">${hint}</span>`}
      ${all.length
        ? html`<div class="checks">${all.map((one) => html`
            <label class="check" key=${one.value}><input type="checkbox" checked=${chosen.includes(one.value)} onChange=${() => toggle(one.value)} /> ${one.label}</label>`)}</div>`
        : html`<span class="muted">${t("field.no_choices")}</span>`}
      ${wrong && html`<span class="wrong">${wrong}</span>`}
    </fieldset>`;
}

/** Several words, with commas between them. @param {Place} props */
export function WordsIn({ document, path, label, hint }) {
  return html`
    <${WordsField} label=${label} hint=${hint ?? t("field.commas")} wrong=${document.wrongAt(path)} split=${wordsIn}
      value=${at(document.draft.value, path) ?? []} onChange=${(/** @type {string[]} */ words) => document.put(path, words)} />`;
}

/** @param {{label: any, hint: any, wrong: string, value: readonly string[], split: (text: string) => string[], onChange: (words: string[]) => void}} props */
export function WordsField({ label, hint, wrong, value, split, onChange }) {
  const [text, setText] = useState(value.join(", "));
  const onInput = (/** @type {any} */ event) => {
    setText(event.currentTarget.value);
    onChange(split(event.currentTarget.value));
  };
  return html`
    <${Field} label=${label} hint=${hint} wrong=${wrong}>
      ${(/** @type {any} */ attributes) => html`
        <input ...${attributes} autocomplete="off" value=${shownLine(text, value, split)} onInput=${onInput} />`}
    </${Field}>`;
}

/** Names that stand for themselves. @param {readonly string[]} names @returns {Choice[]} */
export const asChoices = (names) => names.map((name) => ({ value: name, label: name }));

/** Values with words under a common key. @param {string} key @param {readonly string[]} values @returns {Choice[]} */
export const said = (key, values) => values.map((value) => ({ value, label: t(`${key}.${value}`) }));
