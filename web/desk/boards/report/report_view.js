/** The service-level report: filters, bars, figures, and a file for spreadsheets. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { read } from "../../api/api.js";
import { Problem, wordsOf } from "../../api/problem.js";
import { serverTime } from "../../page/clock.js";
import { href, route } from "../../page/router.js";
import { fullMoment } from "../../language/formats.js";
import { language, region, t } from "../../language/words.js";
import { dateIn } from "../levels.js";
import { Charts } from "./chart.js";
import { csvOf, dialectOf } from "./csv.js";
import { download } from "./download.js";
import { FiltersForm } from "./filters.js";
import { addressOf, askedOf, filtersFrom, wrongIn } from "./query.js";
import { Rows, Totals } from "./table.js";

/** @typedef {import("../shapes.d.ts").Report} Report */

/** A long table is drawn whole before it is printed. */
const DRAWN_MS = 200;

const EXPLAINED = ["offered", "answered", "abandoned", "abandon_rate", "in_time", "when", "answers_lost", "answered_median", "expected"];

export function ReportView() {
  const today = dateIn(serverTime());
  const filters = filtersFrom(route.value.query, today);
  const asked = addressOf(filters);
  const [state, setState] = useState({ report: /** @type {Report | null} */ (null), trouble: "", reading: true });
  const [attempt, setAttempt] = useState(0);
  const wrong = wrongIn(filters, today);
  const fits = !Object.keys(wrong).length;
  useEffect(() => {
    if (!fits) {
      setState((before) => ({ ...before, reading: false, trouble: "" }));
      return undefined;
    }
    const leaving = new AbortController();
    setState((before) => ({ ...before, reading: true, trouble: "" }));
    read("/reports/service-level", askedOf(filters), { signal: leaving.signal }).then(
      (report) => setState({ report, trouble: "", reading: false }),
      (error) => { if (!leaving.signal.aborted) setState((before) => ({ ...before, trouble: troubleWords(error), reading: false })); });
    return () => leaving.abort();
  }, [asked, attempt]);
  const { report, trouble, reading } = state;
  return html`
    <${FiltersForm} filters=${filters} wrong=${wrong} today=${today} report=${report} reading=${reading}
      onAsk=${(/** @type {any} */ wanted) => ask(wanted, () => setAttempt(attempt + 1), asked)} />
    ${trouble && html`
      <div class="notice late" role="alert"><span>${trouble}</span>
        <button type="button" onClick=${() => setAttempt(attempt + 1)}>${t("try_again")}</button></div>`}
    <p class="aside-only" role="status">${reading ? t("loading") : report ? t("report.there") : ""}</p>
    ${report && html`<${Shown} report=${report} reading=${reading} />`}`;
}

/** @param {{report: Report, reading: boolean}} props */
function Shown({ report, reading }) {
  const [whole, setWhole] = useState(false);
  const { start, end, as_of: asOf, time_zone: zone } = report.period;
  const inZone = (/** @type {string} */ instant) => new Intl.DateTimeFormat(region(), { dateStyle: "long", timeZone: zone }).format(new Date(instant));
  return html`
    <div class="report-shown" aria-busy=${reading}>
      <div class="board-line">
        <h2>${t("report.title", { from: inZone(start), to: inZone(new Date(new Date(end).getTime() - 1).toISOString()) })}</h2>
        <span class="muted">${t("report.as_of", { at: fullMoment(asOf), zone })}</span>
        <span class="buttons no-print">
          <button type="button" onClick=${() => save(report)}>${t("report.csv")}</button>
          <button type="button" onClick=${() => { setWhole(true); setTimeout(print, DRAWN_MS); }}>${t("report.print")}</button>
        </span>
      </div>
      <${Charts} report=${report} />
      <${Totals} report=${report} />
      <${Rows} report=${report} whole=${whole} />
      <details class="board-explained" open><summary>${t("report.explain")}</summary>
        <dl>${EXPLAINED.map((word) => html`<dt key=${word}>${t(`report.figure.${word}`)}</dt><dd>${t(`report.figure.${word}.long`)}</dd>`)}</dl>
      </details>
    </div>`;
}

/** What is wanted stands in the address; the same once more is read anew. @param {import("./query.js").Filters} wanted @param {() => void} again @param {string} asked */
function ask(wanted, again, asked) {
  const address = addressOf(wanted);
  if (address === asked) again();
  else location.hash = `${href("board", "report")}?${address}`;
}

/** @param {Report} report */
function save(report) {
  const { start, end } = report.period;
  const day = (/** @type {number} */ at) => dateIn(at, report.period.time_zone);
  const name = `service-level_${day(new Date(start).getTime())}_${day(new Date(end).getTime() - 1)}.csv`;
  download(name, csvOf(report, dialectOf(language.value)), "text/csv;charset=utf-8");
}

/** Too much for one answer comes without a place: what to ask for instead. @param {unknown} error */
function troubleWords(error) {
  const tooMuch = error instanceof Problem && error.type === "validation" && !(error.document.errors ?? []).length;
  return tooMuch ? t("report.too_much") : wordsOf(error);
}
