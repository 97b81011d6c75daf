/** Conversations as rows, the newest of each, and the lists that show them. */

/** @typedef {import("../api/shapes.d.ts").Row} Row */
/** @typedef {"waiting" | "mine" | "breaching" | "snoozed" | "unassigned" | "all" | "closed"} View */
/** @typedef {{agentId: string, queues: readonly string[] | null}} Viewer whose lists they are; `queues` are those of `waiting` */

export const VIEWS = /** @type {const} */ (["waiting", "mine", "breaching", "snoozed", "unassigned", "all", "closed"]);

/** Of two rows of one conversation the newer. @param {Row | undefined} known @param {Row} row */
export const newer = (known, row) => (known && known.sequence >= row.sequence ? known : row);

/** Whether a view shows a row now. @param {View} view @param {Row} row @param {Viewer} viewer @param {number} at milliseconds */
export function shows(view, row, viewer, at) {
  const isClosed = row.lifecycle === "resolved";
  const nobodys = row.owner.kind === "queue" && row.lifecycle !== "snoozed";
  switch (view) {
    case "waiting": return !isClosed && nobodys && (viewer.queues === null || viewer.queues.includes(row.queue ?? ""));
    case "mine": return !isClosed && row.owner.kind === "agent" && row.owner.name === viewer.agentId;
    case "breaching": return !isClosed && isPeoples(row) && isOverdue(row, at);
    case "snoozed": return row.lifecycle === "snoozed";
    case "unassigned": return !isClosed && nobodys;
    case "all": return !isClosed;
    case "closed": return isClosed;
  }
}

/** @param {Row} row */
const isPeoples = (row) => row.owner.kind === "queue" || row.owner.kind === "agent";

/** @param {Row} row @param {number} at */
const isOverdue = (row, at) =>
  !!row.due?.at && row.due.state !== "paused" && row.lifecycle !== "snoozed" && new Date(row.due.at).getTime() <= at;

/** Where a row stands in its list: the lane, then the time within it, then the id. @param {Row} row @returns {[number, number, string]} */
export function place(row) {
  const at = (/** @type {string | null | undefined} */ instant) => (instant ? new Date(instant).getTime() : Infinity);
  if (row.lifecycle === "resolved") return [6, -at(row.last_activity_at), row.conversation_id];
  if (row.lifecycle === "snoozed") return [5, at(row.snoozed_until), row.conversation_id];
  if (!isPeoples(row)) return [4, at(row.last_activity_at), row.conversation_id];
  if (row.due?.at && row.due.state !== "paused") return [1, at(row.due.at), row.conversation_id];
  if (row.waiting_since) return [2, at(row.waiting_since), row.conversation_id];
  return [3, at(row.last_activity_at), row.conversation_id];
}

/** The rows of a view in their order. @param {Iterable<Row>} rows @param {View} view @param {Viewer} viewer @param {number} at @returns {Row[]} */
export function listed(rows, view, viewer, at) {
  return [...rows].filter((row) => shows(view, row, viewer, at))
    .map((row) => ({ row, at: place(row) })).sort((one, other) => compare(one.at, other.at)).map(({ row }) => row);
}

/** Which of two places comes first. @param {[number, number, string]} one @param {[number, number, string]} other */
export function compare(one, other) {
  return one[0] - other[0] || (one[1] === other[1] ? 0 : one[1] - other[1]) || (one[2] < other[2] ? -1 : 1);
}

/**
 * Whether a reading of a list reached beyond a page of it that was read since.
 *
 * @typedef {{cursor: string | null, last: [number, number, string] | null}} Read how far; without a cursor to its end
 * @param {Read & {read: boolean}} before @param {Read} page
 */
export function goesFurther(before, page) {
  if (!before.read || !page.cursor || !page.last) return false;
  return !before.cursor || (!!before.last && compare(before.last, page.last) > 0);
}

/**
 * Which rows can be forgotten so that `most` are left: closed ones alone, those first that were heard of first.
 *
 * @param {ReadonlyMap<string, {row: Row, heard: number}>} known @param {number} most @returns {string[]} ids
 */
export function longestClosed(known, most) {
  return [...known].filter(([, { row }]) => row.lifecycle === "resolved")
    .sort(([, one], [, other]) => one.heard - other.heard)
    .slice(0, Math.max(0, known.size - most)).map(([id]) => id);
}
