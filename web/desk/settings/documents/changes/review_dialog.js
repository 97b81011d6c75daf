/** Before saving: what it would come to, as the API judges it. */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { wordsOf } from "../../../api/problem.js";
import { tell } from "../../../page/messages.js";
import { t } from "../../../language/words.js";
import { Dialog } from "../../../parts/dialog.js";
import { ChangeList } from "./change_list.js";

/** @typedef {import("./differences.js").Change} Change */

/**
 * @param {{document: import("../document.js").SettingsDocument, describe?: import("./change_words.js").Describe,
 *   onClose: () => void, onMoved: () => void}} props
 */
export function ReviewDialog({ document, describe, onClose, onMoved }) {
  const [changes, setChanges] = useState(/** @type {Change[] | null} */ (null));
  const [busy, setBusy] = useState(true);
  const [trouble, setTrouble] = useState("");
  const attempt = async (/** @type {() => Promise<void>} */ work) => {
    setBusy(true);
    setTrouble("");
    await work().catch((error) => setTrouble(wordsOf(error)));
    setBusy(false);
  };
  const afterwards = () => {
    if (document.newest.peek()) onMoved();
    else if (!document.isChanged.peek()) saved();
    else onClose(); // refused: the page says why, beside the fields
  };
  const saved = () => {
    tell(t("settings.saved"));
    onClose();
  };
  const look = () => attempt(async () => {
    const found = await document.check();
    setChanges(found);
    if (!found) afterwards();
  });
  const save = () => attempt(async () => {
    const outcome = await document.save();
    if (outcome === "saved") saved();
    else if (outcome === "moved") onMoved();
    else onClose();
  });
  const main = useRef(/** @type {HTMLButtonElement | null} */ (null));
  useEffect(() => { void look(); }, []);
  useEffect(() => { if (changes && !busy) main.current?.focus(); }, [changes, busy]);
  const before = document.base.value?.document;
  return html`
    <${Dialog} title=${t("settings.review.title")} wide onClose=${onClose}>
      ${trouble && html`<p class="notice late" role="alert">${trouble}</p>`}
      ${changes && html`<${ChangeList} before=${before} after=${document.draft.value} changes=${changes} describe=${describe} />`}
      ${busy && !changes && html`<p class="muted" role="status">${t("settings.checking")}</p>`}
      ${changes && html`<p class="muted">${t("settings.takes_effect")}</p>`}
      <div class="buttons end">
        <button type="button" onClick=${onClose}>${t("settings.edit_on")}</button>
        ${changes
          ? html`<button type="button" class="main" ref=${main} disabled=${busy || !changes.length} onClick=${() => void save()}>${t("save")}</button>`
          : html`<button type="button" disabled=${busy} onClick=${() => void look()}>${t("try_again")}</button>`}
      </div>
    </${Dialog}>`;
}
