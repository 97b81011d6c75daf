/** What is said of a queue. */
import { duration, millis, moment, number } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { amount } from "./standing.js";

/** @typedef {import("../shapes.d.ts").Standing} Standing */

/** @param {Standing} standing */
export const waitingWords = (standing) => amount(standing.waiting, number);

/** The range that somebody would be told who came now. @param {Standing} standing */
export function expectedWords({ expected_wait: expected }) {
  if (!expected) return t("board.expected.unknown");
  const low = Math.floor(expected.low_seconds / 60);
  const high = Math.ceil(expected.high_seconds / 60);
  if (high <= 1) return t("board.expected.soon");
  if (!low) return t("board.expected.up_to", { high: duration(high * 60) });
  if (high >= 60) return t("board.expected.range", { low: duration(low * 60), high: duration(high * 60) });
  if (low === high) return t("board.expected.about", { high: duration(high * 60) });
  return t("board.expected.range", { low, high: duration(high * 60) });
}

/** @param {Standing} standing */
export function peopleWords({ people }) {
  if (!people.at_work) return t("board.people.none");
  return t("board.people.room", {
    room: amount({ count: people.with_room, is_least: people.is_least }, number), available: people.available,
  });
}

/** @param {Standing} standing @param {number} now */
export function hoursWords({ hours }, now) {
  if (!hours) return t("board.hours.unknown");
  if (hours.is_open) return hours.next_closing ? t("board.hours.open_until", { at: moment(hours.next_closing, now) }) : t("board.hours.always");
  return hours.next_opening ? t("board.hours.opens", { at: moment(hours.next_opening, now) }) : t("board.hours.never");
}

/** @param {Standing} standing */
export function lateWords({ overdue }) {
  return overdue.count ? t("board.late", { count: overdue.count, amount: amount(overdue, number) }) : t("board.late.none");
}

/** How long the first in line has waited, in seconds; null: nobody waits. @param {Standing} standing @param {number} now */
export function longestSeconds({ longest_waiting_since: since }, now) {
  return since ? Math.max(0, (now - millis(since)) / 1000) : null;
}
