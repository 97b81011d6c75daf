/** One canned reply: what it says in each language, and where it is offered. */
import { html } from "htm/preact";
import { languageName } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { languagesWith } from "../content/known.js";
import { NameField } from "../content/name_field.js";
import { withReplyRenamed } from "./macros.js";
import { PlaceFields, TitleField } from "./place_fields.js";
import { TextsByLanguage } from "./texts_by_language.js";

/** @typedef {import("./macros.js").CannedDocument} CannedDocument */
/** @typedef {import("./macros.js").Reply} Reply */

/**
 * @param {{name: string, reply: Reply, document: CannedDocument, change: (next: CannedDocument) => void, readOnly: boolean,
 *   wrongAt: (path: (string | number)[]) => string, onRenamed: (name: string) => void}} props
 */
export function ReplyForm({ name, reply, document, change, readOnly, wrongAt, onRenamed }) {
  const put = (/** @type {Partial<Reply>} */ changed) =>
    change({ ...document, replies: { ...document.replies, [name]: { ...reply, ...changed } } });
  const missing = languagesWith(reply.text).filter((language) => !reply.text[language]);
  const rename = (/** @type {string} */ to) => { change(withReplyRenamed(document, name, to)); onRenamed(to); };
  return html`
    <fieldset class="fields" disabled=${readOnly}>
      <${TitleField} places=${reply} put=${put} wrongAt=${wrongAt} />
      <${TextsByLanguage} texts=${reply.text} business=${document.business_name} wrongAt=${(/** @type {string} */ language) => wrongAt(["text", language])}
        onChange=${(/** @type {Record<string, string>} */ text) => put({ text })} />
      ${missing.length === languagesWith(reply.text).length
        ? html`<p class="trouble">${t("canned.no_text")}</p>`
        : missing.length > 0 && html`<p class="muted">${t("canned.missing", { languages: missing.map(languageName).join(", ") })}</p>`}
      <${PlaceFields} places=${reply} put=${put} wrongAt=${wrongAt} />
      <${NameField} name=${name} taken=${Object.keys(document.replies)} onRename=${rename} />
    </fieldset>`;
}
