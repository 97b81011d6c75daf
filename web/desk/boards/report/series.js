/** What a report's bars show: one share an interval, of a queue and channel or of everything together. */
import { goalOf, widest } from "../levels.js";

/** @typedef {import("../shapes.d.ts").ReportRow} ReportRow */
/** @typedef {import("../shapes.d.ts").Level} Level */
/** @typedef {{start: string, end: string, share: number | null, offered: number}} Point */
/** @typedef {{x: number, y: number, width: number, height: number}} Bar */

/** Shares of what was offered add up when each is weighed with it; the others' denominators are not told. */
const ADD_UP = ["strict", "short_abandons_as_served"];

/** Each goal that rows were judged by, and its definition. @param {readonly ReportRow[]} rows @returns {Map<string, Level>} */
export function goalsIn(rows) {
  /** @type {Map<string, Level>} */
  const goals = new Map();
  for (const row of rows) for (const level of row.figures.service_levels) {
    const key = goalOf(level);
    goals.set(key, widest(goals.get(key) ?? level, level));
  }
  return goals;
}

/** The queues and channels that have rows. @param {readonly ReportRow[]} rows */
export function placesIn(rows) {
  const places = new Map(rows.map(({ queue, channel }) => [`${queue} ${channel}`, { queue, channel }]));
  return [...places.values()];
}

/**
 * Everything together, then each queue and each channel where there are several: pairs of them stand
 * in the rows.
 *
 * @template {{queue: string | null, channel: string | null}} T
 * @param {readonly T[]} totals @returns {T[]}
 */
export function totalsShown(totals) {
  const of = (/** @type {(total: T) => boolean} */ isIt) => {
    const found = totals.filter(isIt);
    return found.length > 1 ? found : [];
  };
  return [
    ...totals.filter(({ queue, channel }) => queue === null && channel === null),
    ...of(({ queue, channel }) => queue !== null && channel === null),
    ...of(({ queue, channel }) => queue === null && channel !== null),
  ];
}

/** Whether intervals of several queues and channels can be put together exactly. @param {string} definition @param {number} places */
export const isExact = (definition, places) => places <= 1 || ADD_UP.includes(definition);

/**
 * One point an interval. An interval in which nobody's wait ended has no share, neither 0 nor 100 %.
 *
 * @param {readonly ReportRow[]} rows @param {(level: Level) => boolean} isIt which goal
 * @returns {Point[]}
 */
export function points(rows, isIt) {
  /** @type {Map<string, {start: string, end: string, offered: number, reached: number}>} */
  const intervals = new Map();
  for (const row of rows) {
    const before = intervals.get(row.start) ?? { start: row.start, end: row.end, offered: 0, reached: 0 };
    const level = row.figures.service_levels.find(isIt);
    const share = level?.service_level ?? null;
    if (level && share !== null) {
      before.reached += share * weight(level, row);
      before.offered += weight(level, row);
    }
    intervals.set(row.start, before);
  }
  return [...intervals.values()]
    .sort((one, other) => (one.start < other.start ? -1 : 1))
    .map(({ start, end, offered, reached }) => ({ start, end, offered, share: offered ? reached / offered : null }));
}

/** Alone in its interval a share stays as it is, whatever it is weighed with. @param {Level} level @param {ReportRow} row */
const weight = (level, row) => level.offered || row.figures.offered || 1;

/**
 * Bars side by side, in a drawing of `step` by point and of the given height.
 *
 * @param {readonly Point[]} shown @param {{step: number, height: number}} drawing
 * @returns {(Bar | null)[]} null: nobody's wait ended
 */
export function bars(shown, { step, height }) {
  const gap = step * 0.2;
  return shown.map(({ share }, at) => {
    if (share === null) return null;
    const tall = Math.max(height * 0.01, Math.min(1, share) * height); // nothing in time is a line, and not nothing
    return { x: at * step + gap / 2, y: height - tall, width: step - gap, height: tall };
  });
}

/** Where a goal's line runs. @param {number} goal @param {number} height */
export const goalAt = (goal, height) => height - Math.min(1, Math.max(0, goal)) * height;
