/** The common frame of every editor of a settings document. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { wordsOf } from "../../api/problem.js";
import { nameOf } from "../../person/colleagues.js";
import { useShortcuts } from "../../page/keys.js";
import { now } from "../../page/clock.js";
import { tell } from "../../page/messages.js";
import { go, href, route } from "../../page/router.js";
import { moment } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Icon } from "../../parts/icon.js";
import { useDocument } from "./document.js";
import { Faults } from "./faults/fault_view.js";
import { keepFocus } from "./focus.js";
import { kinds, nameOfKind } from "./kinds.js";
import { SaveBar } from "./save_bar.js";
import { MovedDialog } from "./changes/moved_dialog.js";
import { ReviewDialog } from "./changes/review_dialog.js";
import { VersionsDialog } from "./changes/versions_dialog.js";

/** @typedef {import("./document.js").SettingsDocument} SettingsDocument */

/**
 * `children` draws the editor; all its fields are switched off where this person may only read.
 * `beside` draws what can be used all the same (tests, previews), `intro` says what this is about.
 * `whole` draws all of it in their stead, and switches off by itself what changes the document.
 * `describe` tells changes and `place` tells places in words; null leaves it to the frame.
 *
 * @param {{kind: string, title?: string, intro?: any, describe?: import("./changes/change_words.js").Describe,
 *   place?: (pointer: string) => string | null, beside?: (document: SettingsDocument) => any,
 *   whole?: (document: SettingsDocument) => any, children?: (document: SettingsDocument) => any}} props
 */
export function DocumentPage({ kind, title = nameOfKind(kind), intro, describe, place, beside, whole, children }) {
  const document = useDocument(kind);
  const [shown, setShown] = useState(/** @type {"" | "review" | "moved" | "versions"} */ (""));
  useKeptDraftSaid(document, title);
  const ready = document.base.value !== null;
  const review = () => {
    if (document.newest.peek()) setShown("moved");
    else if (document.isChanged.peek() && document.isFit) setShown("review");
  };
  useShortcuts([{ keys: "Ctrl+s", label: t("settings.review"), act: review, always: true }], [document]);
  const dialog = { document, describe, place, onClose: () => setShown("") };
  return html`
    <main id="page" class="page settings" tabindex="-1" onClickCapture=${keepFocus}>
      <${Head} document=${document} title=${title} onVersions=${() => setShown("versions")} />
      ${intro && html`<p class="intro">${intro}</p>`}
      ${ready ? html`
        <${Notices} document=${document} onMoved=${() => setShown("moved")} />
        <${Faults} faults=${document.faults.value} document=${document.draft.value} place=${place} />
        ${whole ? whole(document) : html`
          <div class=${beside ? "with-beside" : ""}>
            <fieldset class="editor" disabled=${!document.mayWrite}>${children?.(document)}</fieldset>
            ${beside && html`<div class="beside">${beside(document)}</div>`}
          </div>`}
        ${document.mayWrite && html`<${SaveBar} draft=${document} label=${t("settings.review")} onSave=${review} />`}`
        : html`<${NotThereYet} document=${document} />`}
      ${shown === "review" && html`<${ReviewDialog} ...${dialog} onMoved=${() => setShown("moved")} />`}
      ${shown === "moved" && html`<${MovedDialog} ...${dialog} />`}
      ${shown === "versions" && html`<${VersionsDialog} ...${dialog} />`}
    </main>`;
}

/** @param {{document: SettingsDocument, title: string, onVersions: () => void}} props */
function Head({ document, title, onVersions }) {
  return html`
    <header>
      <a class="button plain" href=${href("settings")}><${Icon} mark="back" />${t("page.settings")}</a>
      <h1>${title}</h1>
      ${document.base.value && html`
        <span class="muted"><${Written} kind=${document.kind} /></span>
        <button type="button" onClick=${onVersions}>${t("settings.versions")}</button>`}
    </header>`;
}

/** Who wrote what is in force, and when. @param {{kind: string}} props */
export function Written({ kind }) {
  const known = kinds.value?.get(kind);
  if (!known) return null;
  if (!known.version || !known.written_at) return t("settings.packaged");
  return t("settings.written", { who: nameOf(known.author), when: moment(known.written_at, now.peek()) });
}

/** @param {{document: SettingsDocument, onMoved: () => void}} props */
function Notices({ document, onMoved }) {
  return html`
    ${!document.mayWrite && html`<p class="notice off">${t("settings.read_only")}</p>`}
    ${document.newest.value && html`
      <div class="notice due" role="status">
        <span>${t("settings.moved")}</span>
        <button type="button" onClick=${onMoved}>${t("settings.moved.look")}</button>
      </div>`}
    ${!document.isKept.value && html`<p class="notice late" role="status">${t("settings.draft_not_kept")}</p>`}`;
}

/** @param {{document: SettingsDocument}} props */
function NotThereYet({ document }) {
  if (!document.problem.value) return html`<p class="muted" role="status">${t("loading")}</p>`;
  return html`
    <div class="notice late" role="alert">
      <span>${wordsOf(document.problem.value)}</span>
      <button type="button" onClick=${() => void document.open()}>${t("try_again")}</button>
    </div>`;
}

/** Say that a draft is kept when its page is left. @param {SettingsDocument} document @param {string} title */
function useKeptDraftSaid(document, title) {
  useEffect(() => {
    const { page, rest } = route.peek();
    return () => {
      if (!document.isChanged.peek() || !document.mayWrite) return;
      tell(t("settings.draft_kept", { title }), { label: t("settings.draft_kept.back"), act: () => go(page, ...rest) });
    };
  }, [document]);
}
