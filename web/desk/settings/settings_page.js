/** Settings: which there are, who changed what, and the page of each. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { wordsOf } from "../api/problem.js";
import { may } from "../person/me.js";
import { href, route } from "../page/router.js";
import { isSaid, t } from "../language/words.js";
import { Later } from "../parts/later.js";
import { Written } from "./documents/document_page.js";
import { keptDraft } from "./documents/drafts.js";
import { kinds, loadKinds, nameOfKind } from "./documents/kinds.js";
import RawPage from "./documents/raw_editor.js";
import { editorAt, GROUPS } from "./editors.js";

/** @typedef {import("./editors.js").Editor} Editor */

export default function SettingsPage() {
  const [at] = route.value.rest;
  if (!at) return html`<${Overview} />`;
  const { kind = at, part } = editorAt(at);
  if (!part) return html`<${RawPage} key=${at} kind=${kind} />`;
  const waiting = html`<main id="page" class="page" tabindex="-1"><p class="muted" role="status">${t("loading")}</p></main>`;
  return html`<${Later} key=${at} part=${part} waiting=${waiting} />`;
}

function Overview() {
  const [trouble, setTrouble] = useState("");
  const load = () => {
    setTrouble("");
    loadKinds().catch((error) => setTrouble(wordsOf(error)));
  };
  useEffect(load, []);
  const known = new Set(GROUPS.flatMap((group) => group.editors.map((editor) => editor.kind)));
  const others = [...(kinds.value?.keys() ?? [])].filter((kind) => !known.has(kind)).map((kind) => ({ at: kind, kind }));
  const groups = others.length ? [...GROUPS, { group: "others", editors: others }] : GROUPS;
  return html`
    <main id="page" class="page settings" tabindex="-1">
      <header><h1>${t("page.settings")}</h1></header>
      ${trouble && html`
        <div class="notice late" role="alert"><span>${trouble}</span><button type="button" onClick=${load}>${t("try_again")}</button></div>`}
      ${!kinds.value && !trouble && html`<p class="muted" role="status">${t("loading")}</p>`}
      ${kinds.value && html`<div class="kinds">${groups.map((one) => html`<${GroupOfKinds} key=${one.group} ...${one} />`)}</div>`}
    </main>`;
}

/** @param {import("./editors.js").Group} props */
function GroupOfKinds({ group, editors }) {
  const shown = editors.filter(isThere);
  if (!shown.length) return null;
  return html`
    <section class="panel" aria-labelledby="group-${group}">
      <h2 id="group-${group}">${t(`group.${group}`)}</h2>
      <ul>${shown.map((editor) => html`<li key=${editor.at}><${Line} editor=${editor} /></li>`)}</ul>
    </section>`;
}

/** A stack of an earlier version has fewer kinds than its page may know. @param {Editor} editor */
function isThere({ kind, permission }) {
  return kind ? kinds.value?.has(kind) : !permission || may(permission);
}

/** @param {{editor: Editor}} props */
function Line({ editor: { at, kind } }) {
  const name = kind ?? at;
  return html`
    <a href=${href("settings", at)}>${nameOfKind(name)}</a>
    ${isSaid(`about.${name}`) && html`<p>${t(`about.${name}`)}</p>`}
    ${kind && html`
      <p class="muted">
        <${Written} kind=${kind} />
        ${!kinds.value?.get(kind)?.may_write && html` · ${t("settings.you_read")}`}
        ${keptDraft(kind) && html` <span class="pill due">${t("settings.has_draft")}</span>`}
      </p>`}`;
}
