/** Ctrl+K: everywhere one can go and what one can do, found by a few letters. */
import { html } from "htm/preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { allRows } from "../inbox/lists.js";
import { channelName, customerName } from "../inbox/row_view.js";
import { VIEWS } from "../inbox/rows.js";
import { t } from "../language/words.js";
import { Dialog } from "../parts/dialog.js";
import { may, presence } from "../person/me.js";
import { be, PRESENCES } from "./own_menu.js";
import { openDialog } from "../page/open_dialog.js";
import { matches } from "./palette_match.js";
import { go } from "../page/router.js";

/** @typedef {{id: string, label: string, act: () => void}} Entry */

const MOST = 12;

/** @returns {Entry[]} */
function entries() {
  const pages = [
    ...(may("read_conversations") ? VIEWS.map((view) => ({ id: view, label: t(`view.${view}`), act: () => go(view) })) : []),
    ...(may("read_conversations") ? [{ id: "search", label: t("page.search"), act: () => go("search") }] : []),
    ...(may("read_queues") ? [{ id: "board", label: t("page.board"), act: () => go("board") }] : []),
    ...(may("read_settings") ? [{ id: "settings", label: t("page.settings"), act: () => go("settings") }] : []),
  ];
  const acts = [
    ...(may("set_own_presence") ? PRESENCES
      .filter((to) => to !== presence.value)
      .map((to) => ({ id: to, label: t(`presence.${to}`), act: () => void be(to) })) : []),
    { id: "preferences", label: t("preferences"), act: () => { openDialog.value = "preferences"; } },
    { id: "keys", label: t("keys"), act: () => { openDialog.value = "keys"; } },
  ];
  const people = allRows().map((row) => ({
    id: row.conversation_id,
    label: `${customerName(row.name)} · ${channelName(row.channel)}`,
    act: () => go("all", row.conversation_id),
  }));
  return [...pages, ...acts, ...people];
}

/** @param {{onClose: () => void}} props */
export default function Palette({ onClose }) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => field.current?.focus(), []);
  const found = matches(entries(), query).slice(0, MOST);
  const chosen = found[Math.min(at, found.length - 1)];
  const take = (/** @type {Entry | undefined} */ entry) => {
    if (!entry) return;
    onClose();
    entry.act();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((at + step + found.length) % Math.max(1, found.length));
    else if (event.key === "Enter" && !event.isComposing) take(chosen);
    else return;
    event.preventDefault();
  };
  return html`
    <${Dialog} title=${t("palette")} onClose=${onClose}>
      <input ref=${field} role="combobox" aria-label=${t("palette.find")} placeholder=${t("palette.find")} autocomplete="off"
        aria-expanded="true" aria-controls=${id} aria-activedescendant=${chosen && `${id}-${chosen.id}`}
        value=${query} onInput=${(/** @type {any} */ event) => { setQuery(event.target.value); setAt(0); }} onKeyDown=${onKeyDown} />
      <ul role="listbox" id=${id} aria-label=${t("palette.find")} class="choices">
        ${found.map((entry) => html`
          <li key=${entry.id} id="${id}-${entry.id}" role="option" aria-selected=${entry === chosen} onClick=${() => take(entry)}>
            ${entry.label}
          </li>`)}
      </ul>
      ${!found.length && html`<p class="muted" role="status">${t("palette.nothing")}</p>`}
    <//>`;
}
