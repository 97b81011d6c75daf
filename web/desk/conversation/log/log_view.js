/** The story of a conversation, with older pages above and what is new below. */
import { html } from "htm/preact";
import { useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { wordsOf } from "../../api/problem.js";
import { keeper } from "../../composer/sending/kept.js";
import { serverTime } from "../../page/clock.js";
import { tellTrouble } from "../../page/messages.js";
import { dayOf, daysBetween } from "../../language/formats.js";
import { language, t } from "../../language/words.js";
import { Icon } from "../../parts/icon.js";
import { withBranches } from "../story.js";
import { Facts } from "./facts_view.js";
import { folded } from "./folding.js";
import { blocksOf } from "./grouping.js";
import { Message } from "./message_view.js";
import { useScrolling } from "./scrolling.js";
import { firstUnread, keepMark, keptMark, markOf, newerThan } from "./unread.js";

const DRAWN_AT_ONCE = 100;


/** @typedef {import("../talk.js").Talk} Talk */
/** @typedef {import("./grouping.js").Block} Block */

/** @param {{talk: Talk, isRead: boolean, children?: any}} props `children` stand at the end: what is not sent yet */
export function Log({ talk, isRead, children }) {
  const story = talk.story.value;
  const branches = talk.branches.value;
  const entries = useMemo(() => folded(withBranches(story?.entries ?? [], [...branches.values()].map((branch) => branch.entries))), [story?.entries, branches]);
  const unread = useUnread(talk, entries, isRead);
  const all = useMemo(() => blocksOf(entries, unread), [entries, unread]);
  const [blocks, isWhole, showMore] = useLatest(all);
  const [reading, readOlder] = useOlder(talk);
  const older = isWhole ? readOlder : showMore;
  const { log, content, atEnd, atTop, toEnd, onScroll } = useScrolling(firstOf(blocks), blocks, older);
  const drawn = useDrawn(talk);
  return html`
    <div class="story">
      <div class="log" role="log" aria-label=${t("story")} aria-busy=${reading} tabindex="0" ref=${log} onScroll=${onScroll}>
        <div class="log-content" ref=${content}>
          ${blocks.map(drawn)}
          ${children}
        </div>
      </div>
      ${(story?.older !== null || !isWhole) && atTop.value && html`
        <div class="older"><button type="button" class="plain" aria-disabled=${reading} onClick=${older}>${t(reading ? "story.reading" : "story.older")}</button></div>`}
      <${ToNewest} entries=${entries} atEnd=${atEnd} toEnd=${toEnd} />
    </div>`;
}

/**
 * Of a long story that is known already the latest part is drawn first, and more of it on the way up.
 *
 * @param {Block[]} all @returns {[Block[], boolean, () => void]}
 */
function useLatest(all) {
  const begin = () => {
    const line = all.findIndex((block) => block.kind === "unread");
    return Math.max(0, Math.min(all.length - DRAWN_AT_ONCE, line < 0 ? Infinity : line - 1));
  };
  const [hidden, setHidden] = useState(begin);
  return [hidden ? all.slice(hidden) : all, hidden === 0, () => setHidden(Math.max(0, hidden - DRAWN_AT_ONCE))];
}

/** @param {Talk} talk @returns {[boolean, () => void]} */
function useOlder(talk) {
  const [reading, setReading] = useState(false);
  const busy = useRef(false);
  const older = () => {
    if (busy.current || (talk.story.peek()?.older ?? null) === null) return;
    busy.current = true;
    setReading(true);
    talk.readOlder().catch((error) => tellTrouble(wordsOf(error), { label: t("try_again"), act: older })).finally(() => {
      busy.current = false;
      setReading(false);
    });
  };
  return [reading, older];
}

/**
 * The line of what is new, from where this agent stopped reading. It is settled once the story is
 * read to its end, and drawn anew for who comes back from another page of the browser.
 *
 * @param {Talk} talk @param {import("../story.js").Entry[]} entries @param {boolean} isRead
 */
function useUnread(talk, entries, isRead) {
  const [, redraw] = useReducer((/** @type {number} */ times) => times + 1, 0);
  const state = useRef({ mark: keptMark(keeper.peek(), talk.id), line: "", settled: false, entries }).current;
  state.entries = entries;
  if (!state.settled) state.line = firstUnread(entries, state.mark);
  state.settled = isRead;
  useEffect(() => {
    const seen = () => {
      if (document.visibilityState === "hidden") {
        state.mark = markOf(state.entries);
        return;
      }
      state.line = firstUnread(state.entries, state.mark) || state.line;
      redraw(0);
    };
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, []);
  useEffect(() => {
    if (isRead && document.visibilityState === "visible") keepMark(keeper.peek(), talk.id, markOf(entries));
  }, [entries, isRead]);
  return state.line;
}

/** Draws a block; one that is as it was is not gone through again. @param {Talk} talk @returns {(block: Block) => any} */
function useDrawn(talk) {
  const cache = useRef(/** @type {WeakMap<object, {follows: boolean, language: string, node: any}>} */ (new WeakMap())).current;
  return (block) => {
    if (block.kind === "day") return html`<p class="day" key=${block.key}>${dayWords(block.at)}</p>`;
    if (block.kind === "unread") return html`<p class="unread-line" key="unread"><span>${t("story.unread")}</span></p>`;
    if (block.kind === "facts") return html`<${Facts} key=${block.key} talk=${talk} told=${block.told} />`;
    const known = cache.get(block.entry);
    if (known && known.follows === block.follows && known.language === language.value) return known.node;
    const node = html`<${Message} key=${block.key} talk=${talk} entry=${block.entry} follows=${block.follows} />`;
    cache.set(block.entry, { follows: block.follows, language: language.value, node });
    return node;
  };
}

/** What names the first thing that is said; a day keeps its name when more of it comes. @param {Block[]} blocks */
const firstOf = (blocks) => blocks.find((block) => block.kind !== "day")?.key ?? "";

/** @param {string} at */
function dayWords(at) {
  const days = daysBetween(at, serverTime());
  if (days === 0) return t("story.today");
  return days === -1 ? t("story.yesterday") : dayOf(at, serverTime());
}

/** The way down, for who reads further up; how many came meanwhile. @param {{entries: import("../story.js").Entry[], atEnd: import("@preact/signals").Signal<boolean>, toEnd: () => void}} props */
function ToNewest({ entries, atEnd, toEnd }) {
  const mark = useRef(markOf(entries));
  if (atEnd.value) mark.current = markOf(entries);
  if (atEnd.value) return null;
  const count = newerThan(entries, mark.current);
  return html`
    <div class="newest">
      <button type="button" onClick=${toEnd}><${Icon} mark="down" />${count ? t("story.new", { count }) : t("story.newest")}</button>
    </div>`;
}
