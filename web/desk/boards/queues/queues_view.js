/** The wait board: each queue with who waits, how long, who is there, and until when. */
import { html } from "htm/preact";
import { now } from "../../page/clock.js";
import { may } from "../../person/me.js";
import { href } from "../../page/router.js";
import { clockFace } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Age, useReading } from "../reading.js";
import { queuesNow, readBoard } from "./board_reading.js";
import { expectedWords, hoursWords, lateWords, longestSeconds, peopleWords, waitingWords } from "./queue_words.js";
import { waitWeight } from "./standing.js";

const COLUMNS = ["queue", "waiting", "longest", "expected", "people", "hours", "late"];

export function QueuesView() {
  const board = useReading(readBoard);
  const queues = board.data ? queuesNow(board.data, now.value) : [];
  return html`
    <div class="board-line">
      <${Age} of=${board} />
      <a class="button" href=${href("board", "wall")}>${t("board.to_wall")}</a>
    </div>
    ${board.data && !queues.length && html`<div class="empty"><p>${t("board.no_queues")}</p></div>`}
    ${queues.length > 0 && html`
      <table class="board-cards" aria-label=${t("board.tab.queues")}>
        <thead><tr>${COLUMNS.map((column) => html`<th scope="col" key=${column}>${t(`board.column.${column}`)}</th>`)}</tr></thead>
        <tbody>${queues.map((standing) => html`<${QueueRow} key=${standing.queue} standing=${standing} />`)}</tbody>
      </table>`}
    ${board.data && !board.data.isWhole && html`<p class="notice off">${t("board.not_all")}</p>`}
    <details class="board-explained"><summary>${t("board.explain")}</summary>
      <dl>${["waiting", "longest", "expected", "people", "late"].map((column) => html`
        <dt key=${column}>${t(`board.column.${column}`)}</dt><dd>${t(`board.explain.${column}`)}</dd>`)}</dl>
    </details>`;
}

/** @param {{standing: import("../shapes.d.ts").Standing}} props */
function QueueRow({ standing }) {
  const longest = longestSeconds(standing, now.value);
  const weight = waitWeight(standing, now.value);
  const label = (/** @type {string} */ column) => t(`board.column.${column}`);
  return html`
    <tr>
      <th scope="row" class="card-title">${standing.queue}</th>
      <td data-label=${label("waiting")} class="board-large">${waitingWords(standing)}</td>
      <td data-label=${label("longest")} class="board-large ${longest === null ? "muted" : weight}">${longest === null ? t("board.nobody") : clockFace(longest)}</td>
      <td data-label=${label("expected")}>${expectedWords(standing)}</td>
      <td data-label=${label("people")} class=${standing.people.at_work || !standing.hours?.is_open ? "" : "due"}>${peopleWords(standing)}</td>
      <td data-label=${label("hours")}>${hoursWords(standing, now.value)}</td>
      <td data-label=${label("late")}>${standing.overdue.count
        ? html`<${LateLink}><span class="pill late">${lateWords(standing)}</span><//>`
        : html`<span class="muted">${lateWords(standing)}</span>`}</td>
    </tr>`;
}

/** @param {{children?: any}} props */
function LateLink({ children }) {
  return may("read_conversations") ? html`<a href=${href("breaching")}>${children}</a>` : children;
}
