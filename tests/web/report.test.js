import assert from "node:assert/strict";
import { test } from "node:test";
import { cell, csvOf, dialectOf } from "../../web/desk/boards/report/csv.js";
import { addressOf, askedOf, daysAfter, filtersFrom, usual, wrongIn } from "../../web/desk/boards/report/query.js";
import { bars, goalAt, goalsIn, isExact, placesIn, points, totalsShown } from "../../web/desk/boards/report/series.js";

const TODAY = "2026-03-08";
const ENGLISH = { separator: ",", decimal: "." };

test("a report is of the last seven days unless the address says otherwise", () => {
  assert.deepEqual([usual(TODAY).from, usual(TODAY).to], ["2026-03-02", TODAY]);
  const asked = filtersFrom(new URLSearchParams("from=2026-02-01&queue=orders&else=x"), TODAY);
  assert.deepEqual([asked.from, asked.to, asked.queue], ["2026-02-01", TODAY, "orders"]);
  assert.deepEqual(filtersFrom(new URLSearchParams(addressOf(asked)), TODAY), asked);
});

test("the last day counts, so the API is asked up to the next", () => {
  const asked = askedOf({ ...usual(TODAY), goal: "80", threshold: "20" });
  assert.deepEqual([asked.from, asked.to, asked.goal, asked.threshold_seconds], ["2026-03-02", "2026-03-09", 0.8, "20"]);
  assert.equal(askedOf(usual(TODAY)).goal, "");
  assert.equal(daysAfter("2026-02-28", 1), "2026-03-01");
});

test("what does not fit is told at its field before it is asked", () => {
  const wrong = (/** @type {Record<string, string>} */ of) => wrongIn({ ...usual(TODAY), ...of }, TODAY);
  assert.deepEqual(wrong({}), {});
  assert.deepEqual(wrong({ from: "2026-02-30" }), { from: "report.wrong.date" });
  assert.deepEqual(wrong({ to: "" }), { to: "report.wrong.date" });
  assert.deepEqual(wrong({ from: "2024-01-01" }).from, "report.wrong.too_old");
  assert.deepEqual(wrong({ from: "2026-03-08", to: "2026-03-07" }), { to: "report.wrong.order" });
  assert.deepEqual(wrong({ interval: "15min", from: "2026-03-01" }), { interval: "report.wrong.many" });
  assert.deepEqual(wrong({ threshold: "0" }), { threshold: "report.wrong.threshold" });
  assert.deepEqual(wrong({ goal: "101" }), { goal: "report.wrong.goal" });
  assert.deepEqual(wrong({ goal: "8.5" }), { goal: "report.wrong.goal" });
});

/** @param {Record<string, any>} [of] @returns {any} */
const level = (of = {}) => ({
  policies: ["chat"], definition: "strict", threshold_seconds: 20, offered: 10, service_level: 0.7, goal: 0.8, met: false,
  also_within: [{ threshold_seconds: 10, service_level: 0.5 }, { threshold_seconds: 30, service_level: null }],
  short_abandon_seconds: null, abandon_rate: 0.1, ...of,
});
const times = { median: 12.5, p90: 40, p95: null };
/** @param {string} start @param {string} queue @param {any[]} levels @returns {any} */
const row = (start, queue, ...levels) => ({
  start, end: start, queue, channel: "webchat",
  figures: {
    offered: 10, answered: 9, abandoned: 1, answers_lost: 0, abandon_rate: 0.1, answered_after: times, abandoned_after: times,
    longer_than: [{ threshold_seconds: 10, share: 0.5 }, { threshold_seconds: 30, share: null }],
    service_levels: levels,
  },
});
const isIt = () => true;

test("shares of several queues are weighed with what was offered", () => {
  const shown = points([row("2", "a", level({ offered: 30, service_level: 1 })), row("2", "b", level({ service_level: 0 })), row("1", "a", level())], isIt);
  assert.deepEqual(shown.map((point) => [point.start, point.share, point.offered]), [["1", 0.7, 10], ["2", 0.75, 40]]);
});

test("an interval in which nobody's wait ended has no share, and does not weigh", () => {
  const nobody = level({ offered: 0, service_level: null });
  assert.equal(points([row("1", "a", nobody)], isIt)[0]?.share, null);
  assert.equal(points([row("1", "a", nobody), row("1", "b", level())], isIt)[0]?.share, 0.7);
});

test("only shares of what was offered can be put together", () => {
  assert.equal(isExact("strict", 3), true);
  assert.equal(isExact("short_abandons_as_served", 3), true);
  assert.equal(isExact("answered_only", 3), false);
  assert.equal(isExact("short_abandons_excluded", 2), false);
  assert.equal(isExact("answered_only", 1), true);
});

test("goals and places are those of the rows, each once", () => {
  const rows = [row("1", "a", level()), row("2", "a", level({ policies: ["chat", "vip"] })), row("1", "b")];
  assert.deepEqual([...goalsIn(rows).values()].map((one) => one.policies), [["chat", "vip"]]);
  assert.deepEqual(placesIn(rows), [{ queue: "a", channel: "webchat" }, { queue: "b", channel: "webchat" }]);
});

test("totals stand for everything, and for queues and channels where there are several", () => {
  const total = (/** @type {string | null} */ queue, /** @type {string | null} */ channel) => ({ queue, channel });
  const one = [total(null, null), total("a", null), total(null, "x"), total("a", "x")];
  assert.deepEqual(totalsShown(one), [total(null, null)]);
  assert.deepEqual(totalsShown([...one, total("b", null), total("b", "x")]), [total(null, null), total("a", null), total("b", null)]);
});

test("bars are as tall as their share, one that reached nothing is a line, and nobody is a gap", () => {
  const drawn = bars([0.5, 0, null, 1].map((share) => ({ start: "", end: "", share, offered: 1 })), { step: 10, height: 100 });
  assert.deepEqual(drawn, [
    { x: 1, y: 50, width: 8, height: 50 }, { x: 11, y: 99, width: 8, height: 1 }, null, { x: 31, y: 0, width: 8, height: 100 },
  ]);
});

test("a goal's line runs at its height", () => {
  assert.ok(Math.abs(goalAt(0.8, 100) - 20) < 1e-9);
  assert.equal(goalAt(2, 100), 0);
});

test("what a spreadsheet would run as a formula is plain text", () => {
  for (const text of ["=1+1", "+39", "-x", "@sum", "\tx"]) assert.ok(cell(text, ENGLISH).replace(/^"/, "").startsWith("'"), text);
  assert.equal(cell("default", ENGLISH), "default");
  assert.equal(cell(-0.5, ENGLISH), "-0.5");
});

test("separators, quotes and line ends are quoted", () => {
  assert.equal(cell('a "b", c', ENGLISH), '"a ""b"", c"');
  assert.equal(cell("a;b", { separator: ";", decimal: "," }), '"a;b"');
  assert.equal(cell("a\nb", ENGLISH), '"a\nb"');
});

test("figures are written as the language's spreadsheets read them", () => {
  assert.deepEqual(dialectOf("en"), ENGLISH);
  assert.deepEqual(dialectOf("it"), { separator: ";", decimal: "," });
  assert.equal(cell(0.25, dialectOf("it")), "0,25");
  assert.equal(cell(null, ENGLISH), "");
  assert.equal(cell(true, ENGLISH), "true");
});

test("a file has one line for each goal of a row, and one for a row without", () => {
  const report = /** @type {any} */ ({ rows: [row("1", "a", level(), level({ threshold_seconds: 300 })), row("2", "b")] });
  const lines = csvOf(report, ENGLISH).replace("\ufeff", "").trimEnd().split("\r\n").map((line) => line.split(","));
  assert.deepEqual(lines.map((line) => line.length), [28, 28, 28, 28]);
  assert.deepEqual(lines.map((line) => line[19]), ["threshold_seconds", "20", "300", ""]);
  assert.deepEqual(lines[1]?.slice(9, 17), ["0.5", "", "12.5", "40", "", "12.5", "40", ""]);
});
