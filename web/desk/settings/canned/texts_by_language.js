/** The same wording in several languages. */
import { html } from "htm/preact";
import { languageName } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { languagesWith } from "../content/known.js";
import { withWords } from "../content/lists.js";
import { WordingField } from "./wording_field.js";

/** @param {{texts: Record<string, string>, onChange: (texts: Record<string, string>) => void, wrongAt: (language: string) => string, business: string}} props */
export function TextsByLanguage({ texts, onChange, wrongAt, business }) {
  return languagesWith(texts).map((language) => html`
    <${WordingField} key=${language} label=${t("content.in_language", { what: t("canned.text"), language: languageName(language) })} lang=${language}
      value=${texts[language] ?? ""} business=${business} wrong=${wrongAt(language)}
      onChange=${(/** @type {string} */ wording) => onChange(withWords(texts, language, wording))} />`);
}
