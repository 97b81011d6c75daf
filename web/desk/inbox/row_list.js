/** A list on the screen: the part that is in sight, in an order that never moves under a hand. */
import { html } from "htm/preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useShortcuts } from "../page/keys.js";
import { t } from "../language/words.js";
import { arranged, drawn, outOfPlace } from "./arrangement.js";
import { rowOf } from "./lists.js";
import { RowView } from "./row_view.js";

/** @typedef {import("./rows.js").Row} Row */

const PAUSE_MS = 4_000;
const NEAR_END_PX = 600;

/**
 * @param {{rows: Row[], view: string, openId: string | null, more: (() => void) | null, end: any}} props
 *   `more` reads the next page, `end` stands below the last row
 */
export function RowList({ rows, view, openId, more, end }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const { held, reach, letGo } = useHold();
  const shown = useRef(/** @type {import("./arrangement.js").Placed[]} */ ([]));
  const shownView = useRef(view);
  if (shownView.current !== view) { shown.current = []; shownView.current = view; }
  shown.current = arranged(shown.current, rows, held, rowOf);
  const [from, to, height, onScroll] = useWindow(list, shown.current.length, more);
  const waiting = held ? outOfPlace(shown.current, rows) : 0;
  useRowKeys(list);

  return html`
    <div class="order" role="status">
      ${waiting > 0 && html`<button type="button" class="link" onClick=${letGo}>${t("list.order_changed")}</button>`}
    </div>
    <div class="rows" ref=${list} tabindex="-1" onScroll=${onScroll} onPointerMove=${reach} onKeyDown=${reach}
      onPointerLeave=${letGo}>
      <ol aria-label=${t("list.name")}>
        <${Spacer} height=${from * height} />
        ${shown.current.slice(from, to).map(({ row, left }, index) => html`
          <li key=${row.conversation_id} aria-setsize=${shown.current.length} aria-posinset=${from + index + 1}>
            <${RowView} row=${row} left=${left} view=${view} open=${row.conversation_id === openId} />
          </li>`)}
        <${Spacer} height=${(shown.current.length - to) * height} />
      </ol>
      ${end}
    </div>`;
}

/** @param {{height: number}} props */
function Spacer({ height }) {
  return height > 0 ? html`<li aria-hidden="true" style=${{ height: `${height}px` }}></li>` : null;
}

/** Whether somebody reaches for a row: the pointer moved over the list, or keys did, a moment ago. */
function useHold() {
  const [held, setHeld] = useState(false);
  const pause = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  const letGo = useCallback(() => { clearTimeout(pause.current); setHeld(false); }, []);
  const reach = useCallback(() => {
    clearTimeout(pause.current);
    pause.current = setTimeout(letGo, PAUSE_MS);
    setHeld(true);
  }, []);
  useEffect(() => () => clearTimeout(pause.current), []);
  return { held, reach, letGo };
}

/**
 * Which rows are drawn. All are of one height, measured at the first.
 *
 * @param {{current: HTMLElement | null}} list @param {number} count @param {(() => void) | null} more
 * @returns {[number, number, number, () => void]}
 */
function useWindow(list, count, more) {
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(0);
  useLayoutEffect(() => {
    const row = list.current?.querySelector("li:not([aria-hidden])");
    const measured = row instanceof HTMLElement ? row.offsetHeight : 0;
    if (measured && measured !== height) setHeight(measured);
  });
  const [from, to] = drawn(count, height, top, list.current?.clientHeight ?? 0);
  const onScroll = () => {
    const box = list.current;
    if (!box) return;
    // A few rows at a time: most frames of a scroll draw nothing.
    const step = Math.max(1, height * 4);
    const rounded = Math.floor(box.scrollTop / step) * step;
    if (rounded !== top) setTop(rounded);
    if (box.scrollTop + box.clientHeight > box.scrollHeight - NEAR_END_PX) more?.();
  };
  return [from, to, height, onScroll];
}

/** @param {{current: HTMLElement | null}} list */
function useRowKeys(list) {
  const move = (/** @type {number} */ by) => {
    const rows = /** @type {HTMLElement[]} */ ([...(list.current?.querySelectorAll("a.row") ?? [])]);
    const focused = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const at = focused >= 0 ? focused : rows.findIndex((row) => row.getAttribute("aria-current"));
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  useShortcuts([
    { keys: "j", label: "keys.next", act: () => move(1) },
    { keys: "k", label: "keys.previous", act: () => move(-1) },
  ]);
}
