/** One question with its answer, in all its languages. */
import { html } from "htm/preact";
import { languageName } from "../../language/formats.js";
import { language as shownLanguage, t } from "../../language/words.js";
import { Check, Choices, LinesField, TextField, ChoiceField } from "../content/fields.js";
import { optionsOf } from "../content/known.js";
import { NameField } from "../content/name_field.js";
import { FormHead, MoveButtons } from "../content/list_and_form.js";
import { DurationField } from "../targets/duration_field.js";
import { entryFaults, faqRows, plainQuestion, questionsOf, questionsTwice, titleOf, withChange, withId } from "./entries.js";

/** @typedef {import("./entries.js").FaqDocument} FaqDocument */
/** @typedef {import("./entries.js").FaqRow} FaqRow */
/** @typedef {import("./entries.js").Entry} Entry */

const PARTICULARS = ["date", "time", "number", "size", "relation"];

/**
 * @param {{row: FaqRow, document: FaqDocument, languages: string[], change: (next: FaqDocument) => void,
 *   wrongAt: (path: (string | number)[]) => string, readOnly: boolean, onRemove: () => void, onRenamed: (key: string) => void,
 *   onMove: (step: number) => void, isFirst: boolean, isLast: boolean}} props
 */
export function EntryForm({ row, document, languages, change, wrongAt, readOnly, onRemove, onRenamed, onMove, isFirst, isLast }) {
  const title = titleOf(row, shownLanguage.value);
  const rename = (/** @type {string} */ id) => {
    change(withId(document, row.key, id));
    onRenamed(id);
  };
  return html`
    <${FormHead} title=${title}>
      ${!readOnly && html`
        <${MoveButtons} title=${title} first=${isFirst} last=${isLast} onMove=${onMove} />
        <button type="button" onClick=${onRemove}>${t("content.remove")}</button>`}
    <//>
    <fieldset class="fields" disabled=${readOnly}>
      ${languages.map((language) => html`
        <${InLanguage} key=${language} ...${{ row, document, language, change, wrongAt }} />`)}
      <details>
        <summary>${t("faq.more")}</summary>
        <div class="fields"><${ForAllLanguages} ...${{ row, document, change }} /></div>
      </details>
      <${NameField} name=${row.id} taken=${faqRows(document).map((one) => one.id)} hint=${t("faq.id.hint")} isFree onRename=${rename} />
    </fieldset>`;
}

/** @param {{row: FaqRow, document: FaqDocument, language: string, change: (next: FaqDocument) => void, wrongAt: (path: (string | number)[]) => string}} props */
function InLanguage({ row, document, language, change, wrongAt }) {
  const place = row.languages[language];
  const faults = entryFaults(row, language);
  const elsewhere = questionsTwice(document, language);
  const twice = place?.entry.questions.find((question) => elsewhere.has(plainQuestion(question)));
  const at = (/** @type {string} */ field) => (place ? wrongAt(["entries", language, place.at, field]) : "");
  const put = (/** @type {Partial<Entry>} */ changed) => change(withChange(document, row.key, language, { ...sharedParts(row), ...changed }));
  return html`
    <section class="fields in-language" aria-label=${languageName(language)}>
      <h3>${languageName(language)}</h3>
      ${!place && html`<p class="notice off">${t(document.entries[language] ? "faq.not_in_language" : "faq.not_in_packaged_language")}</p>`}
      ${faults.includes("id_twice") && html`<p class="notice late">${t("faq.id_twice", { id: row.id })}</p>`}
      <${LinesField} label=${t("faq.questions")} hint=${t("faq.questions.hint")} lang=${language} parse=${questionsOf} rows=${5}
        value=${place?.entry.questions ?? []} onChange=${(/** @type {string[]} */ questions) => put({ questions })}
        wrong=${faults.includes("no_questions") ? t("faq.no_questions") : at("questions")} />
      ${twice && html`<p class="notice due">${t("faq.twice", { question: twice })}</p>`}
      <${TextField} label=${t("faq.answer")} lang=${language} rows=${5} value=${place?.entry.answer ?? ""}
        onChange=${(/** @type {string} */ answer) => put({ answer })}
        wrong=${faults.includes("no_answer") ? t("faq.no_answer") : at("answer")} />
    </section>`;
}

/** What an entry promises and needs is the same in all its languages. @param {FaqRow} row */
function sharedParts(row) {
  const [first] = Object.values(row.languages);
  const here = first?.entry;
  return here ? { promise: here.promise, holds_for_any: here.holds_for_any } : {};
}

/** @param {{row: FaqRow, document: FaqDocument, change: (next: FaqDocument) => void}} props */
function ForAllLanguages({ row, document, change }) {
  const [first] = Object.values(row.languages);
  const { promise = null, holds_for_any = [] } = first?.entry ?? {};
  const put = (/** @type {Partial<Entry>} */ changed) => change(
    Object.keys(row.languages).reduce((made, language) => withChange(made, row.key, language, changed), document));
  return html`
    <${Choices} label=${t("faq.holds_for_any")} options=${optionsOf(PARTICULARS, (one) => t(`faq.particular.${one}`))} chosen=${holds_for_any}
      none=${t("faq.holds_for_any.none")} onChange=${(/** @type {string[]} */ chosen) => put({ holds_for_any: chosen })} />
    <${Check} label=${t("faq.promises")} checked=${promise !== null}
      onChange=${(/** @type {boolean} */ on) => put({ promise: on ? { within_seconds: 3_600, in_opening_hours: false, kept_by: "answer" } : null })} />
    ${promise && html`
      <${DurationField} label=${t("faq.promise.within")} value=${promise.within_seconds} least=${60} most=${30 * 86_400}
        onChange=${(/** @type {number} */ within_seconds) => put({ promise: { ...promise, within_seconds } })} />
      <${ChoiceField} label=${t("faq.promise.kept_by")} value=${promise.kept_by} options=${optionsOf(["answer", "hand"], (one) => t(`faq.kept_by.${one}`))}
        onChange=${(/** @type {any} */ kept_by) => put({ promise: { ...promise, kept_by } })} />
      <${Check} label=${t("faq.promise.in_opening_hours")} checked=${promise.in_opening_hours}
        onChange=${(/** @type {boolean} */ in_opening_hours) => put({ promise: { ...promise, in_opening_hours } })} />`}`;
}
