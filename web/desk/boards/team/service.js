/** The service level of the last half hour and of today, with its definition and goal beside it. */
import { html } from "htm/preact";
import { read } from "../../api/api.js";
import { serverTime } from "../../page/clock.js";
import { href } from "../../page/router.js";
import { duration, number, percent } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { definitionWords, goalWords } from "../definition_words.js";
import { Age, useReading } from "../reading.js";
import { dateIn, figuresOf, goalLines, PATIENCE_SECONDS, pointsShort, shareOver, verdict } from "../levels.js";

const RECENT_MS = 30 * 60 * 1000;
/** A day's report reads every wait of the day: not as often as the half hour's. */
const TODAY_SECONDS = 120;

/** @typedef {import("../shapes.d.ts").Level} Level */
/** @typedef {import("../shapes.d.ts").Report} Report */

/** @param {AbortSignal} until @returns {Promise<Report>} */
function readRecent(until) {
  const end = serverTime();
  return read("/reports/service-level", {
    from: new Date(end - RECENT_MS).toISOString(), to: new Date(end).toISOString(), interval: "hour",
  }, { signal: until });
}

/** @param {AbortSignal} until @param {string} zone @returns {Promise<Report>} */
function readToday(until, zone) {
  const end = serverTime();
  return read("/reports/service-level", {
    from: dateIn(end, zone), to: new Date(end).toISOString(), interval: "day",
  }, { signal: until });
}

export function Service() {
  const recent = useReading(readRecent);
  const zone = recent.data?.period.time_zone;
  const today = useReading(
    async (until) => (zone ? readToday(until, zone) : null), [zone], TODAY_SECONDS);
  const now = figuresOf(recent.data);
  const day = figuresOf(today.data);
  return html`
    <section class="panel" aria-labelledby="service-head">
      <div class="board-line">
        <h2 id="service-head">${t("team.service")}</h2>
        <${Age} of=${recent} />
        <a href=${href("board", "report")}>${t("team.to_report")}</a>
      </div>
      ${now && html`<${Counts} now=${now} day=${day} />`}
      ${today.trouble && html`<${Age} of=${today} />`}
      ${now && html`<${Goals} lines=${goalLines(now, day)} dayKnown=${!!day} />`}
    </section>`;
}

/** @param {{now: import("../shapes.d.ts").Figures, day: import("../shapes.d.ts").Figures | null}} props */
function Counts({ now, day }) {
  const facts = /** @type {const} */ (["offered", "answered", "abandoned"]);
  const overWords = t("team.over", { patience: duration(PATIENCE_SECONDS) });
  return html`
    <table class="board-cards board-figures" aria-label=${t("team.counts")}>
      <thead><tr><td></td>${facts.map((fact) => html`<th scope="col" class="figure" key=${fact}>${t(`report.figure.${fact}`)}</th>`)}
        <th scope="col" class="figure">${t("report.figure.abandon_rate")}</th>
        <th scope="col" class="figure">${overWords}</th></tr></thead>
      <tbody>${/** @type {const} */ ([["team.recent", now], ["team.today", day]]).map(([words, figures]) => html`
        <tr key=${words}>
          <th scope="row" class="card-title">${t(words)}</th>
          ${facts.map((fact) => html`<td class="figure board-large" key=${fact} data-label=${t(`report.figure.${fact}`)}>${figures ? number(figures[fact]) : "–"}</td>`)}
          <td class="figure board-large" data-label=${t("report.figure.abandon_rate")}>${percent(figures?.abandon_rate)}</td>
          <td class="figure board-large" data-label=${overWords}>${percent(shareOver(figures, PATIENCE_SECONDS))}</td>
        </tr>`)}</tbody>
    </table>`;
}

/** @param {{lines: import("../levels.js").GoalLine[], dayKnown: boolean}} props */
function Goals({ lines, dayKnown }) {
  if (!lines.length) return html`<p class="muted">${t(dayKnown ? "team.nobody_today" : "team.nobody_recently")}</p>`;
  return html`<ul class="board-goals">${lines.map((line) => html`<${Goal} key=${line.key} line=${line} />`)}</ul>`;
}

/** @param {{line: import("../levels.js").GoalLine}} props */
function Goal({ line }) {
  const { level } = line;
  return html`
    <li class="board-goal">
      <h3>${level.policies.join(", ")}</h3>
      <p><b>${goalWords(level)}</b></p>
      <p class="muted">${definitionWords(level)}</p>
      <div class="board-goal-figures">
        <${Reached} words="team.recent" level=${line.recent} />
        <${Reached} words="team.today" level=${line.today} />
      </div>
    </li>`;
}

/** @param {{words: string, level: Level | null}} props */
function Reached({ words, level }) {
  const how = verdict(level);
  const kind = { met: "ok", missed: "late", no_goal: "off", nobody: "off" }[how];
  return html`
    <div>
      <p class="muted">${t(words)}</p>
      <p class="board-large">${percent(level?.service_level)}</p>
      <p><span class="pill ${kind}">${t(`report.verdict.${how}`, { count: level ? pointsShort(level) : 0 })}</span></p>
      ${level && html`<p class="muted">${t("team.of", { count: level.offered })}</p>`}
    </div>`;
}
