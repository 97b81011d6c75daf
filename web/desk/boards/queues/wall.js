/** The wait board on a big screen: large figures, nothing around them, to be read from across the room. */
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { now } from "../../page/clock.js";
import { useShortcuts } from "../../page/keys.js";
import { go } from "../../page/router.js";
import { clockFace, timeOfDay } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Age, useReading } from "../reading.js";
import { queuesNow, readBoard } from "./board_reading.js";
import { expectedWords, hoursWords, lateWords, longestSeconds, peopleWords, waitingWords } from "./queue_words.js";
import { screenAt, waitWeight } from "./standing.js";

const EACH_SCREEN = 6;
const SCREEN_SECONDS = 20;

/** @param {{only: string[]}} props the queues in the address; all without */
export function Wall({ only }) {
  const board = useReading(readBoard);
  useAwake();
  useShortcuts([{ keys: "Escape", label: "board.leave_wall", act: () => go("board") }]);
  const queues = board.data ? queuesNow(board.data, now.value, only) : [];
  const { screen, screens } = screenAt(queues.length, EACH_SCREEN, now.value, SCREEN_SECONDS);
  const shown = queues.slice(screen * EACH_SCREEN, (screen + 1) * EACH_SCREEN);
  return html`
    <main id="page" tabindex="-1" class="wall">
      <header>
        <h1>${t("board.tab.queues")}</h1>
        <span class="wall-clock">${timeOfDay(now.value)}</span>
        ${screens > 1 && html`<span>${screen + 1}/${screens}</span>`}
        <${Age} of=${board} />
        <span class="buttons">
          ${document.fullscreenEnabled && html`<button type="button" class="plain" onClick=${fillScreen}>${t("board.full_screen")}</button>`}
          <a class="button plain" href="#/board">${t("board.leave_wall")}</a>
        </span>
      </header>
      ${board.data && !queues.length && html`<p class="empty">${t("board.no_queues")}</p>`}
      <ul class="wall-tiles few-${Math.min(EACH_SCREEN, shown.length)}">
        ${shown.map((standing) => html`<${Tile} key=${standing.queue} standing=${standing} />`)}
      </ul>
    </main>`;
}

/** @param {{standing: import("../shapes.d.ts").Standing}} props */
function Tile({ standing }) {
  const longest = longestSeconds(standing, now.value);
  const edge = standing.overdue.count ? "late" : waitWeight(standing, now.value);
  return html`
    <li class="wall-tile ${edge}">
      <div class="wall-said">
        <h2>${standing.queue}</h2>
        <p class="wall-figures">
          <span><b>${waitingWords(standing)}</b><small>${t("board.wall.waiting")}</small></span>
          ${longest !== null && html`<span><b class=${waitWeight(standing, now.value)}>${clockFace(longest)}</b><small>${t("board.wall.longest")}</small></span>`}
        </p>
        <p><small>${t("board.wall.expected")}</small> ${expectedWords(standing)}</p>
        <p>${peopleWords(standing)}</p>
        <p>${hoursWords(standing, now.value)}</p>
        ${standing.overdue.count > 0 && html`<p class="late">${lateWords(standing)}</p>`}
      </div>
    </li>`;
}

function fillScreen() {
  const filled = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
  void filled.catch(() => undefined); // the browser would not: the page fills its window all the same
}

/** A screen that shows figures does not go dark, where the browser lets us say so. */
function useAwake() {
  useEffect(() => {
    /** @type {WakeLockSentinel | undefined} */
    let lock;
    let over = false;
    const keep = async () => {
      if (document.visibilityState !== "visible" || !navigator.wakeLock) return;
      const held = await navigator.wakeLock.request("screen").catch(() => undefined);
      if (over) void held?.release();
      else lock = held;
    };
    document.addEventListener("visibilitychange", keep); // it is let go of whenever the page is hidden
    void keep();
    return () => {
      over = true;
      document.removeEventListener("visibilitychange", keep);
      void lock?.release();
    };
  }, []);
}
