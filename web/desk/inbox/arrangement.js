/** In which order rows stand on the screen: that of the list, but not while somebody reaches for one. */

/** @typedef {import("./rows.js").Row} Row */
/** @typedef {{row: Row, left: boolean}} Placed `left` is a row that has left the list since */

/**
 * While held, rows stay where they are, those that have left too, and new ones come last.
 *
 * @param {readonly Placed[]} before what is shown @param {readonly Row[]} rows the list as it is
 * @param {boolean} held @param {(id: string) => Row | undefined} newest of a row that has left
 * @returns {Placed[]}
 */
export function arranged(before, rows, held, newest) {
  if (!held || !before.length) return rows.map((row) => ({ row, left: false }));
  const there = new Map(rows.map((row) => [row.conversation_id, row]));
  const shown = new Set(before.map(({ row }) => row.conversation_id));
  const kept = before.map(({ row }) => {
    const now = there.get(row.conversation_id);
    return now ? { row: now, left: false } : { row: newest(row.conversation_id) ?? row, left: true };
  });
  return [...kept, ...rows.filter((row) => !shown.has(row.conversation_id)).map((row) => ({ row, left: false }))];
}

/** How many rows do not stand where the list has them. @param {readonly Placed[]} shown @param {readonly Row[]} rows */
export function outOfPlace(shown, rows) {
  const ids = rows.map((row) => row.conversation_id);
  return shown.filter(({ row }, index) => ids[index] !== row.conversation_id).length;
}

/**
 * Which part of a long list is drawn: enough above and below for a quick scroll.
 *
 * @param {number} count @param {number} height of a row @param {number} top scrolled away @param {number} seen height of the window
 * @returns {[number, number]} from the first to before the last
 */
export function drawn(count, height, top, seen) {
  if (!height) return [0, Math.min(count, DRAWN)];
  const first = Math.max(0, Math.min(Math.floor(top / height) - SPARE, count - DRAWN));
  return [first, Math.min(count, first + Math.max(DRAWN, Math.ceil(seen / height) + 2 * SPARE))];
}

const DRAWN = 50;
const SPARE = 12;
