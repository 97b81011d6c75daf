/** Looking for conversations: one field, and what was found stays while somebody comes and goes. */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { wordsOf } from "../api/problem.js";
import { useShortcuts } from "../page/keys.js";
import { language, t } from "../language/words.js";
import { moveFocus } from "../parts/menu.js";
import { HitRow } from "./hit_row.js";
import { LONGEST, queryOf } from "./query.js";
import { again, lookFor, lookFurther, remembered, results } from "./results.js";

export default function SearchPage() {
  void language.value;
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const page = useRef(/** @type {HTMLElement | null} */ (null));
  const [typed, setTyped] = useState(results.value.query || remembered());
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
    if (results.value.state === "none" && typed) void lookFor(typed);
  }, []);
  useShortcuts([{ keys: "/", label: "search.key", act: () => { field.current?.focus(); field.current?.select(); } }]);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (moveThrough(event.key, field.current, page.current)) event.preventDefault();
  };
  return html`
    <main id="page" tabindex="-1" class="page search-page" ref=${page} onKeyDown=${onKeyDown}>
      <header><h1>${t("page.search")}</h1></header>
      <form role="search" class="search-form" onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); void lookFor(typed); }}>
        <div class="search-line">
          <input type="search" ref=${field} aria-label=${t("page.search")} aria-describedby="search-hint" autocomplete="off"
            spellcheck=${false} enterkeyhint="search" maxlength=${LONGEST} value=${typed}
            onInput=${(/** @type {any} */ event) => setTyped(event.target.value)} />
          <button type="submit" class="main" disabled=${!queryOf(typed)}>${t("search.look")}</button>
        </div>
        <p class="muted hint" id="search-hint">${t("search.hint")}</p>
      </form>
      <${Found} />
    </main>`;
}

function Found() {
  const { query, hits, state, bounded, cursor, trouble } = results.value;
  return html`
    <p class="search-state" role="status">${stateWords()}</p>
    ${state === "failed" && html`
      <div class="notice late" role="alert">
        <span>${wordsOf(trouble)}</span>
        <button type="button" onClick=${() => void again()}>${t("try_again")}</button>
      </div>`}
    ${bounded && hits.length > 0 && html`<p class="notice off">${t("search.bounded")}</p>`}
    ${state === "none" && html`<${WhatCanBeFound} />`}
    ${state === "read" && !hits.length && html`
      <div class="empty"><p>${t(cursor ? "search.nothing_yet" : "search.nothing")}</p><${WhatCanBeFound} /></div>`}
    ${hits.length > 0 && html`
      <ul class="hits" aria-label=${t("search.results")} aria-busy=${state === "reading"}>
        ${hits.map((hit) => html`<${HitRow} key=${hit.row.conversation_id} hit=${hit} query=${query} />`)}
      </ul>`}
    ${cursor && state !== "none" && html`
      <button type="button" class="search-more" aria-disabled=${state === "more"} onClick=${() => void lookFurther()}>
        ${t(state === "more" ? "search.reading" : "search.more")}
      </button>`}`;
}

function stateWords() {
  const { query, hits, state, cursor } = results.value;
  if (state === "reading") return t("search.reading");
  if (state === "none" || state === "failed" || !hits.length) return "";
  return t(cursor ? "search.found_so_far" : "search.found", { count: hits.length, query });
}

function WhatCanBeFound() {
  return html`
    <dl class="search-kinds">
      ${["number", "name", "words", "tag", "id"].map((kind) => html`
        <dt key=${kind}>${t(`search.kind.${kind}`)}</dt><dd>${t(`search.kind.${kind}.example`)}</dd>`)}
    </dl>`;
}

/** @param {string} key @param {HTMLInputElement | null} field @param {HTMLElement | null} page whether the key moved the focus */
function moveThrough(key, field, page) {
  /** @type {HTMLElement[]} */
  const links = [...(page?.querySelectorAll(/** @type {"a"} */ (".hits a")) ?? [])];
  const here = document.activeElement;
  if (here === field) {
    if (key !== "ArrowDown" || !links[0]) return false;
    links[0].focus();
    return true;
  }
  if (!links.includes(/** @type {HTMLElement} */ (here))) return false;
  if (key === "Escape" || (key === "ArrowUp" && here === links[0])) {
    field?.focus();
    return true;
  }
  return moveFocus(links, key);
}
