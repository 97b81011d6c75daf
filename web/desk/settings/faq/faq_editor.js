/** The questions the bot answers: a list with all languages of each, and whether a question would find its answer. */
import { html } from "htm/preact";
import { language, t } from "../../language/words.js";
import { languageName } from "../../language/formats.js";
import { languagesWith, known } from "../content/known.js";
import { ListAndForm, tellRemoved, useChosen } from "../content/list_and_form.js";
import {
  entryFaults, faqRows, titleOf, withEntryAgain, withEntryMoved, withNewEntry, withoutEntry,
} from "./entries.js";
import { EntryForm } from "./entry_form.js";
import { LanguageStates } from "./language_states.js";
import { TryQuestion } from "./try_question.js";

const PLACE = ["faq"];

/** @param {import("../content/content_page.js").EditorProps<import("./entries.js").FaqDocument>} props */
export function FaqEditor({ document, change, wrongAt, readOnly }) {
  const { key, choose } = useChosen(PLACE);
  const languages = languagesWith(document.entries);
  const rows = faqRows(document);
  const at = rows.findIndex((row) => row.key === key);
  const row = rows[at];
  const add = () => {
    const made = withNewEntry(document, known.value.defaultLanguage);
    change(made.document);
    choose(made.key);
  };
  const remove = () => {
    const { document: after, removal } = withoutEntry(document, row?.key ?? "");
    if (!row || !removal) return;
    change(after);
    choose(null);
    tellRemoved(titleOf(row, language.value), () => change((now) => withEntryAgain(now, removal)));
  };
  const addButton = !readOnly && html`<button type="button" onClick=${add}>${t("faq.add")}</button>`;
  const beside = html`<${TryQuestion} document=${document} change=${change} chosen=${row?.id ?? null} readOnly=${readOnly} />`;
  return html`
    <${LanguageStates} document=${document} change=${change} languages=${languages} readOnly=${readOnly} />
    <${ListAndForm} name=${t("faq.list")} place=${PLACE} rows=${rows.map((one) => listRow(one, languages))} chosen=${key}
      empty=${t("faq.empty")} choose=${t("faq.choose")}
      add=${addButton} beside=${beside}>
      ${row && html`<${EntryForm} key=${row.key} ...${{ row, document, languages, change, wrongAt, readOnly }} onRemove=${remove}
        onRenamed=${choose} isFirst=${at === 0} isLast=${at === rows.length - 1}
        onMove=${(/** @type {number} */ step) => change(withEntryMoved(document, row.key, step))} />`}
    <//>`;
}

/** @param {import("./entries.js").FaqRow} row @param {string[]} languages @returns {import("../content/list_and_form.js").ListRow} */
function listRow(row, languages) {
  const entries = Object.values(row.languages).map((place) => place.entry);
  const there = languages.filter((one) => row.languages[one]);
  return {
    key: row.key,
    title: titleOf(row, language.value),
    note: t("faq.row", { id: row.id, languages: there.map((one) => languageName(one)).join(", ") }),
    wrong: there.some((one) => entryFaults(row, one).length > 0),
    words: entries.flatMap((entry) => [...entry.questions, entry.answer]).join("\n"),
  };
}
