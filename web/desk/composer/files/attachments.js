/** The files of what is being written: how far they are, and what can be done about them. */
import { html } from "htm/preact";
import { size } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Icon } from "../../parts/icon.js";
import { isHeld, removeFile, retry, uploads } from "./uploads.js";

/** @typedef {import("../writing.js").Writing} Writing */

/** @param {{writing: Writing}} props */
export function Attachments({ writing }) {
  const { files } = writing.now.value;
  if (!files.length) return null;
  return html`
    <ul class="attachments" aria-label=${t("write.files.list")}>
      ${files.map((file) => html`<${Attachment} key=${file.file_id} file=${file} writing=${writing} />`)}
    </ul>`;
}

/** @param {{file: import("../writing.js").WrittenFile, writing: Writing}} props */
function Attachment({ file, writing }) {
  const progress = uploads.value.get(file.file_id);
  const failed = !file.media_id && progress?.state !== "running";
  const share = Math.round((progress?.share ?? 0) * 100);
  return html`
    <li class="attachment">
      ${progress?.thumbnail
        ? html`<img src=${progress.thumbnail} alt="" />`
        : html`<span class="attachment-mark"><${Icon} mark=${file.mime_type.startsWith("image/") ? "image" : "file"} /></span>`}
      <span class="attachment-words">
        <span class="attachment-name">${file.name}</span>
        <small class=${failed ? "trouble" : "muted"}>
          ${failed ? progress?.words || t("write.files.not_uploaded")
            : file.media_id ? `${size(file.size)}${file.as_link ? ` · ${t("write.files.as_link")}` : ""}` : t("write.files.uploading", { share })}
        </small>
        ${!file.media_id && !failed && html`<progress max="100" value=${share} aria-label=${t("write.files.progress", { name: file.name })}></progress>`}
      </span>
      ${failed && isHeld(file.file_id) && html`
        <button type="button" onClick=${() => retry(writing, file.file_id)}>${t("try_again")}</button>`}
      <button type="button" class="plain icon" aria-label=${t("write.files.remove", { name: file.name })}
        onClick=${() => removeFile(writing, file.file_id)}><${Icon} mark="close" /></button>
    </li>`;
}

/** Files that were left out, each with why. @param {{refused: import("./take_files.js").Refused[], onDone: (refused: import("./take_files.js").Refused) => void}} props */
export function RefusedFiles({ refused, onDone }) {
  return html`
    <div class="refused-files" role="alert">
      ${refused.map((one) => html`
        <div key=${one.words} class="notice late">
          <span>${one.words}</span>
          ${one.asLink && html`<button type="button" onClick=${() => { one.asLink?.(); onDone(one); }}>${t("write.files.send_as_link")}</button>`}
          <button type="button" class="plain icon" aria-label=${t("close")} onClick=${() => onDone(one)}><${Icon} mark="close" /></button>
        </div>`)}
    </div>`;
}
