/** Somebody wrote a newer version while this draft was made: theirs beside mine, and what to do. */
import { html } from "htm/preact";
import { tell } from "../../../page/messages.js";
import { t } from "../../../language/words.js";
import { Dialog } from "../../../parts/dialog.js";
import { ChangeList } from "./change_list.js";
import { placeWords } from "./change_words.js";
import { Written } from "../document_page.js";

/**
 * @param {{document: import("../document.js").SettingsDocument, describe?: import("./change_words.js").Describe,
 *   place?: (pointer: string) => string | null, onClose: () => void}} props
 */
export function MovedDialog({ document, describe, place, onClose }) {
  const [base, newest] = [document.base.value, document.newest.value];
  if (!base || !newest) return null;
  const contested = document.merged()?.contested ?? [];
  const onTop = () => {
    document.putOnTop();
    tell(t("settings.moved.done"));
    onClose();
  };
  const theirs = () => {
    document.drop();
    onClose();
  };
  return html`
    <${Dialog} title=${t("settings.moved")} wide onClose=${onClose}>
      <p class="muted"><${Written} kind=${document.kind} /></p>
      <div class="beside-one-another">
        <section><h3>${t("settings.moved.theirs")}</h3><${ChangeList} before=${base.document} after=${newest.document} describe=${describe} /></section>
        <section><h3>${t("settings.moved.mine")}</h3><${ChangeList} before=${base.document} after=${document.draft.value} describe=${describe} /></section>
      </div>
      ${contested.length > 0 && html`
        <div class="notice due">
          <div>
            ${t("settings.moved.contested")}
            <ul>${contested.map((one) => html`<li>${place?.(one) ?? placeWords(document.draft.value, one) ?? ""}</li>`)}</ul>
          </div>
        </div>`}
      <div class="buttons end">
        <button type="button" onClick=${onClose}>${t("settings.moved.later")}</button>
        <button type="button" onClick=${theirs}>${t("settings.moved.take_theirs")}</button>
        <button type="button" class="main" onClick=${onTop}>${t("settings.moved.on_top")}</button>
      </div>
    </${Dialog}>`;
}
