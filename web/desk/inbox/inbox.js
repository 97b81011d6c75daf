/** The lists, and beside them the conversation that is open. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { wordsOf } from "../api/problem.js";
import { now } from "../page/clock.js";
import { may } from "../person/me.js";
import { go, href, route } from "../page/router.js";
import { Start } from "../person/start.js";
import { duration, millis } from "../language/formats.js";
import { t } from "../language/words.js";
import { fetchAhead, Later } from "../parts/later.js";
import { counts, firstListed, lookAgain, lookAt, reachOf, readCounts, readMore, refresh, rowsOf } from "./lists.js";
import { RowList } from "./row_list.js";
import { VIEWS } from "./rows.js";

/** @typedef {import("./rows.js").View} View */
/** @typedef {import("./rows.js").Row} Row */

/** Counts and what the bot does by itself are not pushed. */
const REREAD_MS = 60_000;
const CONVERSATION = { load: () => import("../conversation/conversation.js"), rooms: ["conversation", "composer"] };
const FOR_SUPERVISORS = "unassigned";

/** @param {{view: View}} props */
export function Inbox({ view }) {
  const id = route.value.rest[0] ?? null;
  useReading(view);
  useEffect(() => void firstListed.then(() => fetchAhead(CONVERSATION)), []);
  return html`
    <main id="page" tabindex="-1" class="inbox ${id ? "talking" : ""}">
      <h1 class="aside-only">${t(`view.${view}`)}</h1>
      <${Lists} view=${view} openId=${id} />
      <div class="talk">
        ${id
          ? html`<${Later} part=${CONVERSATION} key=${id} id=${id} onBack=${() => go(view)} />`
          : html`<${Start} />`}
      </div>
    </main>`;
}

/** @param {View} view */
function useReading(view) {
  useEffect(() => {
    void lookAt(view);
    void readCounts();
    const timer = setInterval(() => {
      if (document.visibilityState !== "visible") return;
      void readCounts();
      if (view === "all" || view === "closed") void lookAgain(view);
    }, REREAD_MS);
    return () => clearInterval(timer);
  }, [view]);
}

/** The rows are put in order anew each second: once for all that is said of them. @param {{view: View, openId: string | null}} props */
function Lists({ view, openId }) {
  const rows = rowsOf(view, now.value);
  return html`
    <section class="lists" aria-label=${t("list.region")}>
      <${Head} view=${view} rows=${rows} />
      <${List} view=${view} rows=${rows} openId=${openId} />
    </section>`;
}

/** @param {{view: View, rows: Row[]}} props */
function Head({ view, rows }) {
  const lists = VIEWS.filter((list) => list !== FOR_SUPERVISORS || may("take_over"));
  return html`
    <header class="lists-head">
      <h2 class="title">${t(`view.${view}`)}</h2>
      <small class="muted">${summary(view, rows)}</small>
    </header>
    <nav class="views" aria-label=${t("list.views")}>
      ${lists.map((list) => html`
        <a key=${list} class="button plain" href=${href(list)} aria-current=${list === view ? "page" : undefined}>
          ${t(`view.short.${list}`)}<${Count} view=${list} shown=${list === view && !reachOf(view).cursor ? rows.length : null} />
        </a>`)}
    </nav>`;
}

/** @param {{view: View, shown: number | null}} props the list in sight knows better than the last count */
function Count({ view, shown }) {
  const counted = counts.value[view];
  if (view === "closed") return null;
  // The room of a figure is there before the figure: nothing moves when it comes.
  if (!counted && shown === null) return html` <span class="figure"></span>`;
  const number = reachOf(view).read && shown !== null ? shown : counted?.count ?? 0;
  return html` <span class="figure">${number}${shown === null && counted?.is_least ? "+" : ""}</span>`;
}

/** @param {View} view @param {Row[]} rows */
function summary(view, rows) {
  const since = rows.map((row) => row.waiting_since).filter((at) => at !== null).map((at) => millis(at));
  if (!["waiting", "unassigned"].includes(view) || !since.length) return "";
  return t("list.longest", { time: duration((now.value - Math.min(...since)) / 1000) });
}

/** @param {{view: View, rows: Row[], openId: string | null}} props */
function List({ view, rows, openId }) {
  const { cursor, read, trouble } = reachOf(view);
  const [reading, setReading] = useState(false);
  const more = () => {
    if (reading) return;
    setReading(true);
    void readMore(view).finally(() => setReading(false));
  };
  if (!rows.length && !read) {
    return trouble
      ? html`<${Trouble} view=${view} trouble=${trouble} />`
      : html`<div class="rows" aria-busy="true">${[1, 2, 3, 4].map((one) => html`<div class="row-skeleton" key=${one}><span class="skeleton"></span></div>`)}</div>`;
  }
  const end = html`
    ${!rows.length && html`<div class="empty"><p>${t(`empty.${view}`)}</p></div>`}
    ${cursor && html`<p class="more"><button type="button" class="plain" onClick=${more}>${t("list.more")}</button></p>`}`;
  return html`
    ${trouble && html`<${Trouble} view=${view} trouble=${trouble} />`}
    <${RowList} rows=${rows} view=${view} openId=${openId} more=${cursor ? more : null} end=${end} />`;
}

/** @param {{view: View, trouble: unknown}} props */
function Trouble({ view, trouble }) {
  return html`
    <div class="notice late" role="alert">
      <span>${wordsOf(trouble)}</span>
      <button type="button" onClick=${() => void refresh(view)}>${t("try_again")}</button>
    </div>`;
}
