/** A list to look through, and the form of what is chosen in it; on a phone one at a time. */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { tell } from "../../page/messages.js";
import { go, href, route } from "../../page/router.js";
import { number } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Icon } from "../../parts/icon.js";
import { typed } from "./fields.js";
import { hasWords } from "./lists.js";

/**
 * `words` is what a row is found by.
 *
 * @typedef {{key: string, title: string, note?: any, wrong?: boolean, words?: string}} ListRow
 */

const SHOWN_AT_ONCE = 100;

/** What is chosen, as it stands in the address behind the editor's own place. @param {string[]} place */
export function useChosen(place) {
  const rest = route.value.rest;
  const isHere = place.every((part, index) => rest[index] === part);
  const key = isHere ? rest[place.length] ?? null : null;
  return { key, choose: (/** @type {string | null} */ to) => go("settings", ...place, ...(to === null ? [] : [to])) };
}

/**
 * `place` is where the editor stands in the address. `children` is the form of the row that is chosen, `add` a button
 * beside the search.
 *
 * @param {{name: string, place: string[], rows: ListRow[], chosen: string | null, empty: string, add?: any, children?: any,
 *   beside?: any, choose?: string}} props
 */
export function ListAndForm({ name, place, rows, chosen, empty, add, children, beside, choose }) {
  const isChosen = chosen !== null && rows.some((row) => row.key === chosen);
  const form = useRef(/** @type {HTMLElement | null} */ (null));
  const first = useRef(true);
  useEffect(() => {
    // The heading of what was chosen takes the focus, but for what the address itself began with;
    // who has begun something writes on at once.
    const where = rows.find((row) => row.key === chosen)?.wrong ? "textarea, input" : "h2";
    if (!first.current && isChosen) form.current?.querySelector(/** @type {"h2"} */ (where))?.focus();
    first.current = false;
  }, [chosen]);
  return html`
    <div class="list-and-form ${isChosen ? "has-chosen" : ""} ${beside ? "has-beside" : ""}">
      <${List} ...${{ name, place, rows, chosen, empty, add }} />
      <div class="form-side" ref=${form}>
        ${isChosen
          ? html`
            <a class="button plain to-list" href=${href("settings", ...place)}><${Icon} mark="back" />${name}</a>
            ${children}`
          : html`<p class="muted">${rows.length ? choose ?? t("content.choose") : ""}</p>`}
      </div>
      ${beside && html`<div class="beside-form">${beside}</div>`}
    </div>`;
}

/** @param {{name: string, place: string[], rows: ListRow[], chosen: string | null, empty: string, add?: any}} props */
function List({ name, place, rows, chosen, empty, add }) {
  const [query, setQuery] = useState("");
  const [most, setMost] = useState(SHOWN_AT_ONCE);
  const found = rows.filter((row) => !query.trim() || hasWords(query.trim(), `${row.title}\n${row.key}\n${row.words ?? ""}`));
  return html`
    <section class="list-side" aria-label=${name}>
      <div class="list-tools">
        <input type="search" aria-label=${t("content.search", { where: name })} placeholder=${t("content.search.short")} value=${query}
          onInput=${(/** @type {Event} */ event) => { setQuery(typed(event)); setMost(SHOWN_AT_ONCE); }} />
        ${add}
      </div>
      <p class="aside-only" role="status">${query.trim() ? t("content.found", { count: found.length }) : ""}</p>
      <ul class="content-list">
        ${found.slice(0, most).map((row) => html`
          <li key=${row.key}>
            <a href=${href("settings", ...place, row.key)} aria-current=${row.key === chosen ? "true" : undefined}>
              <span class="row-title">${row.title}</span>
              ${row.note && html`<span class="row-note">${row.note}</span>`}
              ${row.wrong && html`<span class="pill late">${t("content.unfinished")}</span>`}
            </a>
          </li>`)}
      </ul>
      ${found.length > most && html`
        <button type="button" class="plain" onClick=${() => setMost(most + SHOWN_AT_ONCE)}>
          ${t("content.more", { count: found.length - most })}
        </button>`}
      ${!found.length && html`<p class="muted">${rows.length ? t("content.nothing_found") : empty}</p>`}
      ${rows.length > SHOWN_AT_ONCE && html`<p class="muted">${number(rows.length)}</p>`}
    </section>`;
}

/** The heading of a form, with what is done to the whole of it. @param {{title: string, children?: any}} props */
export function FormHead({ title, children }) {
  return html`
    <div class="form-head">
      <h2 tabindex="-1">${title}</h2>
      ${children && html`<div class="buttons">${children}</div>`}
    </div>`;
}

/** Tell that something is gone, and offer it back for some seconds. @param {string} title @param {() => void} undo */
export function tellRemoved(title, undo) {
  tell(t("content.removed", { title }), { label: t("content.undo"), act: undo });
}

/** Up and down, for who uses no pointer too. @param {{title: string, onMove: (step: -1 | 1) => void, first: boolean, last: boolean}} props */
export function MoveButtons({ title, onMove, first, last }) {
  return html`
    <button type="button" class="plain icon" disabled=${first} aria-label=${t("content.move_up", { title })} onClick=${() => onMove(-1)}>
      <span aria-hidden="true">↑</span>
    </button>
    <button type="button" class="plain icon" disabled=${last} aria-label=${t("content.move_down", { title })} onClick=${() => onMove(1)}>
      <span aria-hidden="true">↓</span>
    </button>`;
}
