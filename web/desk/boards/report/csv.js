/** A report as a table for spreadsheets: names of the columns are those of the API, whatever the language. */
import { shareOver } from "../levels.js";

/** @typedef {import("../shapes.d.ts").Report} Report */
/** @typedef {import("../shapes.d.ts").Figures} Figures */
/** @typedef {import("../shapes.d.ts").Level} Level */
/** @typedef {string | number | boolean | null} Value */
/** @typedef {{separator: string, decimal: string}} Dialect */

/** Spreadsheets of a language that writes decimals with a comma part values by semicolons. @param {string} language @returns {Dialect} */
export const dialectOf = (language) =>
  (1.5).toLocaleString(language).includes(",") ? { separator: ";", decimal: "," } : { separator: ",", decimal: "." };

const COLUMNS = [
  "start", "end", "queue", "channel", "offered", "answered", "abandoned", "answers_lost", "abandon_rate", "longer_than_10", "longer_than_30",
  "answered_median", "answered_p90", "answered_p95", "abandoned_median", "abandoned_p90", "abandoned_p95",
  "policies", "definition", "threshold_seconds", "goal", "level_offered", "service_level", "met",
  "within_10", "within_30", "short_abandon_seconds", "level_abandon_rate",
];

/** @param {Report} report @param {Dialect} dialect @returns {string} with the mark by which spreadsheets know UTF-8 */
export function csvOf(report, dialect) {
  const lines = [COLUMNS, ...report.rows.flatMap((row) => linesOf([row.start, row.end, row.queue, row.channel], row.figures))];
  return "\ufeff" + lines.map((line) => line.map((value) => cell(value, dialect)).join(dialect.separator) + "\r\n").join("");
}

/** One line for each goal, as the report never mixes them. @param {Value[]} of @param {Figures} figures @returns {Value[][]} */
function linesOf(of, figures) {
  const { answered_after: answered, abandoned_after: gone } = figures;
  const shared = [
    ...of, figures.offered, figures.answered, figures.abandoned, figures.answers_lost, figures.abandon_rate, shareOver(figures, 10), shareOver(figures, 30),
    answered.median, answered.p90, answered.p95, gone.median, gone.p90, gone.p95,
  ];
  const levels = figures.service_levels.length ? figures.service_levels : [null];
  return levels.map((level) => [...shared, ...valuesOf(level)]);
}

/** @param {Level | null} level @returns {Value[]} */
function valuesOf(level) {
  if (!level) return Array(11).fill(null);
  const within = (/** @type {number} */ seconds) =>
    level.also_within.find((one) => one.threshold_seconds === seconds)?.service_level ?? null;
  return [
    level.policies.join(" "), level.definition, level.threshold_seconds, level.goal, level.offered, level.service_level,
    level.met, within(10), within(30), level.short_abandon_seconds, level.abandon_rate,
  ];
}

/**
 * One value. What a spreadsheet would run as a formula is made plain text by an apostrophe.
 *
 * @param {Value} value @param {Dialect} dialect
 */
export function cell(value, { separator, decimal }) {
  if (value === null) return "";
  if (typeof value === "number") return String(value).replace(".", decimal);
  if (typeof value === "boolean") return String(value);
  const plain = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return plain.includes(separator) || /["\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
