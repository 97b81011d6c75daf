/** How every queue stands that one sees, and what was heard since. */
import { read } from "../../api/api.js";
import { serverTime } from "../../page/clock.js";
import { may } from "../../person/me.js";
import { refresh, rowsOf } from "../../inbox/lists.js";
import { inOrder, standingNow, waitingAt } from "./standing.js";

/** @typedef {import("../shapes.d.ts").Standing} Standing */
/** @typedef {{at: string, queues: Standing[], before: import("../../api/shapes.d.ts").Row[], isWhole: boolean}} BoardRead */

const PAGE = 50;
/** What is beyond has to be looked at queue by queue. */
const MOST_PAGES = 4;

/** @param {AbortSignal} until @returns {Promise<BoardRead>} */
export async function readBoard(until) {
  const followed = may("read_conversations") ? refresh("unassigned") : null;
  /** @type {Standing[]} */
  const queues = [];
  let at = "";
  /** @type {string | null | undefined} */
  let cursor;
  for (let page = 0; page < MOST_PAGES && cursor !== null; page += 1) {
    const answer = await read("/board", { limit: PAGE, cursor }, { signal: until });
    queues.push(...answer.queues);
    at ||= answer.at;
    cursor = answer.cursor;
  }
  await followed;
  return { at, queues, isWhole: cursor === null, before: waitingAt(rowsOf("unassigned", serverTime()), at) };
}

/** The queues as they stand now, in order. @param {BoardRead} board @param {number} now @param {string[]} [only] */
export function queuesNow(board, now, only = []) {
  const rows = rowsOf("unassigned", now);
  const wanted = only.length ? board.queues.filter(({ queue }) => only.includes(queue)) : board.queues;
  return inOrder(wanted.map((standing) => standingNow(standing, board.at, board.before, rows)));
}
