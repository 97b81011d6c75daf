/** The report's rows and totals in figures. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { number, percent } from "../../language/formats.js";
import { channelName } from "../../inbox/row_view.js";
import { t } from "../../language/words.js";
import { goalWords } from "../definition_words.js";
import { verdict } from "../levels.js";
import { intervalWords, timeWords } from "./report_words.js";
import { totalsShown } from "./series.js";

/** @typedef {import("../shapes.d.ts").Report} Report */
/** @typedef {import("../shapes.d.ts").Figures} Figures */
/** @typedef {import("../shapes.d.ts").Level} Level */

const SHOWN_AT_FIRST = 100;
const COLUMNS = ["offered", "answered", "abandoned", "abandon_rate", "answered_median", "answered_p90", "abandoned_median", "answers_lost"];

/** @param {{report: Report}} props */
export function Totals({ report }) {
  const shown = totalsShown(report.totals);
  return html`
    <table class="board-cards board-report" aria-label=${t("report.totals")}>
      <caption>${t("report.totals")}</caption>
      <thead><${Head} first=${[t("report.queue"), t("report.channel")]} last=${t("report.figure.expected")} /></thead>
      <tbody>${shown.map(({ queue, channel, figures, expected_wait: expected }) => html`
        <tr key=${`${queue} ${channel}`}>
          <th scope="row" class="card-title">${queue ?? t("report.all_queues")}</th>
          <td data-label=${t("report.channel")}>${channel ? channelName(channel) : t("report.all_channels")}</td>
          <${Cells} figures=${figures} />
          <td data-label=${t("report.figure.expected")}>${expected.announced
            ? t("report.expected", { share: percent(expected.within_announced), count: expected.announced }) : "–"}</td>
        </tr>`)}</tbody>
    </table>`;
}

/** @param {{report: Report, whole: boolean}} props `whole` has no end behind a button */
export function Rows({ report, whole }) {
  const [most, setMost] = useState(SHOWN_AT_FIRST);
  useEffect(() => {
    if (whole) setMost(Infinity);
    const all = () => setMost(Infinity); // by the browser's own menu
    addEventListener("beforeprint", all);
    return () => removeEventListener("beforeprint", all);
  }, [whole]);
  const { rows, period } = report;
  if (!rows.length) return html`<div class="empty"><p>${t("report.nothing")}</p></div>`;
  return html`
    <table class="board-cards board-report" aria-label=${t("report.rows")}>
      <caption>${t("report.rows")}</caption>
      <thead><${Head} first=${[t("report.interval"), t("report.queue"), t("report.channel")]} /></thead>
      <tbody>${rows.slice(0, most).map((row) => html`
        <tr key=${`${row.start} ${row.queue} ${row.channel}`}>
          <th scope="row" class="card-title">${intervalWords(row, period.interval, period.time_zone)}</th>
          <td data-label=${t("report.queue")}>${row.queue}</td>
          <td data-label=${t("report.channel")}>${channelName(row.channel)}</td>
          <${Cells} figures=${row.figures} />
        </tr>`)}</tbody>
    </table>
    ${rows.length > most && html`<button type="button" onClick=${() => setMost(most + 400)}>${t("report.more", { count: rows.length - most })}</button>`}`;
}

/** @param {{first: string[], last?: string}} props */
function Head({ first, last }) {
  return html`<tr>
    ${first.map((words) => html`<th scope="col" key=${words}>${words}</th>`)}
    <th scope="col">${t("report.figure.service_level")}</th>
    ${COLUMNS.map((column) => html`<th scope="col" class="figure" key=${column}>${t(`report.figure.${column}`)}</th>`)}
    ${last && html`<th scope="col">${last}</th>`}
  </tr>`;
}

/** @param {{figures: Figures}} props */
function Cells({ figures }) {
  const { answered_after: answered, abandoned_after: gone } = figures;
  const values = [
    number(figures.offered), number(figures.answered), number(figures.abandoned), percent(figures.abandon_rate),
    timeWords(answered.median), timeWords(answered.p90), timeWords(gone.median), number(figures.answers_lost),
  ];
  return html`
    <td data-label=${t("report.figure.service_level")}>${figures.service_levels.length
      ? html`<span class="board-levels">${figures.service_levels.map((level, at) => html`<${LevelCell} key=${at} level=${level} />`)}</span>` : "–"}</td>
    ${COLUMNS.map((column, at) => html`<td class="figure" key=${column} data-label=${t(`report.figure.${column}`)}>${values[at]}</td>`)}`;
}

/** @param {{level: Level}} props */
function LevelCell({ level }) {
  const how = verdict(level);
  return html`<span class="board-level">
    <b>${percent(level.service_level)}</b>
    ${how === "met" || how === "missed" ? html`<span class="pill ${how === "met" ? "ok" : "late"}">${t(`report.verdict.short.${how}`)}</span>` : ""}
    <small class="muted">${goalWords(level)}</small></span>`;
}
