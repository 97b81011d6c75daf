/** How queues stand, between two readings as rows that were pushed since tell. */
import { millis } from "../../language/formats.js";

/** @typedef {import("../shapes.d.ts").Standing} Standing */
/** @typedef {import("../../api/shapes.d.ts").Row} Row */

/**
 * Open queues and those in which somebody waits come first, by name: the order changes when a queue
 * opens or closes, and not with every customer.
 *
 * @param {readonly Standing[]} queues @returns {Standing[]}
 */
export function inOrder(queues) {
  const asleep = (/** @type {Standing} */ one) => Number(!one.hours?.is_open && !one.waiting.count && !one.overdue.count);
  return [...queues].sort((one, other) => asleep(one) - asleep(other) || (one.queue < other.queue ? -1 : 1));
}

/** Whom nobody had when the board was read, of the rows that are known. @param {readonly Row[]} rows @param {string} at */
export const waitingAt = (rows, at) => rows.filter((row) => millis(row.owner.since) <= millis(at));

/**
 * A queue as it was read, with those who have come and gone since.
 *
 * @param {Standing} read @param {string} at when it was read
 * @param {readonly Row[]} before who waited then @param {readonly Row[]} rows who waits now, of those known
 * @returns {Standing}
 */
export function standingNow(read, at, before, rows) {
  const here = rows.filter((row) => row.owner.name === read.queue);
  const was = before.filter((row) => row.owner.name === read.queue);
  const knownBefore = new Set(was.map((row) => row.conversation_id));
  const still = new Set(here.map((row) => row.conversation_id));
  const come = here.filter((row) => !knownBefore.has(row.conversation_id) && millis(row.owner.since) > millis(at));
  const left = was.filter((row) => !still.has(row.conversation_id));
  if (!come.length && !left.length) return read;
  const count = Math.max(0, read.waiting.count + come.length - left.length);
  const theirs = left.some((row) => row.waiting_since === read.longest_waiting_since);
  const since = [...(theirs ? [] : [read.longest_waiting_since]), ...here.map((row) => row.waiting_since ?? row.owner.since)]
    .filter((one) => one !== null);
  return {
    ...read,
    waiting: { ...read.waiting, count },
    longest_waiting_since: count ? earliest(since) : null,
  };
}

/** @param {string[]} instants */
function earliest(instants) {
  return instants.reduce((/** @type {string | null} */ first, one) => (first && millis(first) <= millis(one) ? first : one), null);
}

/** A count, with a sign where there are more than were counted. @param {{count: number, is_least: boolean}} amount @param {(value: number) => string} figure */
export const amount = ({ count, is_least }, figure) => figure(count) + (is_least ? "+" : "");

/**
 * Whether the first in line deserves a look: nobody is at work, or they wait longer than is told.
 *
 * @param {Standing} standing @param {number} now @returns {"" | "due"}
 */
export function waitWeight(standing, now) {
  if (!standing.longest_waiting_since || !standing.hours?.is_open) return "";
  if (!standing.people.at_work) return "due";
  const waited = (now - millis(standing.longest_waiting_since)) / 1000;
  return standing.expected_wait && waited > standing.expected_wait.high_seconds ? "due" : "";
}

/** Which of several screens full is shown now: each for some seconds. @param {number} count @param {number} each @param {number} now @param {number} seconds */
export function screenAt(count, each, now, seconds) {
  const screens = Math.max(1, Math.ceil(count / each));
  return { screens, screen: Math.floor(now / 1000 / seconds) % screens };
}
