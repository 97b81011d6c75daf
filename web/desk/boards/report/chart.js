/** Bars of a share by interval, with the goal as a line. The table beneath says the same in figures. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { percent } from "../../language/formats.js";
import { channelName } from "../../inbox/row_view.js";
import { t } from "../../language/words.js";
import { definitionWords, goalWords } from "../definition_words.js";
import { goalOf } from "../levels.js";
import { intervalWords } from "./report_words.js";
import { bars, goalAt, goalsIn, isExact, placesIn, points } from "./series.js";

/** @typedef {import("../shapes.d.ts").Report} Report */
/** @typedef {import("../shapes.d.ts").Level} Level */

const DRAWING = { step: 10, height: 100 };
const WIDEST_BAR = 56;

/** @param {{report: Report}} props */
export function Charts({ report }) {
  const places = placesIn(report.rows);
  const [place, setPlace] = useState("");
  const rows = place ? report.rows.filter((row) => `${row.queue} ${row.channel}` === place) : report.rows;
  const goals = [...goalsIn(rows)].sort(([, one], [, other]) => one.threshold_seconds - other.threshold_seconds);
  if (!report.rows.length) return null;
  return html`
    <section class="board-charts" aria-label=${t("report.chart")}>
      ${places.length > 1 && html`
        <label class="board-line">${t("report.chart_of")}
          <select value=${place} onChange=${(/** @type {any} */ event) => setPlace(event.target.value)}>
            <option value="">${t("report.together")}</option>
            ${places.map(({ queue, channel }) => html`
              <option key=${`${queue} ${channel}`} value=${`${queue} ${channel}`}>${queue} · ${channelName(channel)}</option>`)}
          </select>
        </label>`}
      ${goals.map(([key, level]) => html`<${Chart} key=${key} report=${report} rows=${rows} level=${level} />`)}
    </section>`;
}

/** @param {{report: Report, rows: Report["rows"], level: Level}} props */
function Chart({ report, rows, level }) {
  const key = goalOf(level);
  const has = rows.filter((row) => row.figures.service_levels.some((one) => goalOf(one) === key));
  const words = html`<figcaption><b>${level.policies.join(", ")}: ${goalWords(level)}</b><span class="muted">${definitionWords(level)}</span></figcaption>`;
  if (!isExact(level.definition, placesIn(has).length))
    return html`<figure>${words}<p class="notice off">${t("report.choose_one")}</p></figure>`;
  const shown = points(has, (one) => goalOf(one) === key);
  const width = shown.length * DRAWING.step;
  const { time_zone: zone, interval } = report.period;
  const first = shown[0];
  const last = shown.at(-1);
  return html`
    <figure>
      ${words}
      <div class="board-chart">
        <span class="axis muted"><span>${percent(1)}</span><span>${percent(0)}</span></span>
        <div>
          <svg viewBox="0 0 ${width} ${DRAWING.height}" width=${shown.length * WIDEST_BAR} preserveAspectRatio="none" role="img"
            aria-label=${t("report.chart_alt", { count: shown.length })}>
            ${bars(shown, DRAWING).map((bar, at) => bar && html`<${BarOf} key=${at} bar=${bar} point=${shown[at]} level=${level} zone=${zone} interval=${interval} />`)}
            ${level.goal !== null && html`<line class="board-goal-line" x1="0" x2=${width} y1=${goalAt(level.goal, DRAWING.height)} y2=${goalAt(level.goal, DRAWING.height)} />`}
          </svg>
          <p class="board-chart-ends muted"><span>${first && intervalWords(first, interval, zone)}</span><span>${last && intervalWords(last, interval, zone)}</span></p>
        </div>
      </div>
    </figure>`;
}

/** @param {{bar: import("./series.js").Bar, point: import("./series.js").Point, level: Level, zone: string, interval: string}} props */
function BarOf({ bar, point, level, zone, interval }) {
  const kind = level.goal !== null && (point.share ?? 0) < level.goal ? "late" : "";
  return html`
    <rect class=${kind} x=${bar.x} y=${bar.y} width=${bar.width} height=${bar.height}>
      <title>${t("report.bar", { when: intervalWords(point, interval, zone), share: percent(point.share), count: point.offered })}</title>
    </rect>`;
}
