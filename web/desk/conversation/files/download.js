/** A file to be saved, and what files are called. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { wordsOf } from "../../api/problem.js";
import { tellTrouble } from "../../page/messages.js";
import { size } from "../../language/formats.js";
import { isSaid, t } from "../../language/words.js";
import { Icon } from "../../parts/icon.js";
import { save } from "./links.js";

/** @typedef {import("./file_view.js").File} File */

/** @param {{id: string, file: File}} props */
export function Download({ id, file }) {
  const [busy, setBusy] = useState(false);
  const get = () => {
    setBusy(true);
    save(id, file.media_id)
      .then((isThere) => { if (!isThere) tellTrouble(t("file.unsaved")); }, (error) => tellTrouble(wordsOf(error)))
      .finally(() => setBusy(false));
  };
  const about = file.size_bytes ? size(file.size_bytes) : "";
  return html`
    <button type="button" class="file" disabled=${busy} onClick=${get}>
      <${Icon} mark="file" /><span>${nameOf(file)}${about && html` <small class="muted">${about}</small>`}</span>
      <${Icon} mark="down" /><span class="aside-only">${t("file.save")}</span>
    </button>`;
}

/** @param {File} file */
export function nameOf(file) {
  const key = `file.kind.${file.kind}`;
  return file.file_name || (isSaid(key) ? t(key) : t("file.kind.document"));
}
