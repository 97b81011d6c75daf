/** At the foot of what was changed and is not saved: save it, or discard it once that is sure. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { t } from "../../language/words.js";

/** `label` is what its way to being saved is called. @param {{draft: import("./draft.js").Draft, label: string, busy?: boolean, onSave: () => void}} props */
export function SaveBar({ draft, label, busy = false, onSave }) {
  const [asked, setAsked] = useState(false);
  const fit = draft.isFit;
  if (!draft.isChanged.value) return null;
  return html`
    <div class="save-bar" role="region" aria-label=${t("settings.unsaved")}>
      <span>${t(fit ? "settings.unsaved" : "settings.unfit")}</span>
      ${asked
        ? html`
          <span>${t("settings.discard.sure")}</span>
          <button type="button" onClick=${() => { setAsked(false); draft.drop(); }}>${t("settings.discard")}</button>
          <button type="button" onClick=${() => setAsked(false)}>${t("settings.keep")}</button>`
        : html`
          <button type="button" onClick=${() => setAsked(true)}>${t("settings.discard")}</button>
          <button type="button" class="main" disabled=${!fit || busy} aria-keyshortcuts="Control+S" onClick=${onSave}>${label}</button>`}
    </div>`;
}
