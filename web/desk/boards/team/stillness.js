/** Rows that do not move under a pointer or the focus: what has gone stays in its place until they leave. */

/** @typedef {{conversation_id: string}} Named */

/**
 * @template {Named} R
 * @param {readonly R[]} shown in the order they are shown @param {readonly R[]} next as they are now
 * @param {boolean} held whether somebody points at them
 * @returns {{row: R, gone: boolean}[]}
 */
export function settled(shown, next, held) {
  if (!held) return next.map((row) => ({ row, gone: false }));
  const now = new Map(next.map((row) => [row.conversation_id, row]));
  const there = new Set(shown.map((row) => row.conversation_id));
  return [
    ...shown.map((row) => ({ row: now.get(row.conversation_id) ?? row, gone: !now.has(row.conversation_id) })),
    ...next.filter((row) => !there.has(row.conversation_id)).map((row) => ({ row, gone: false })),
  ];
}
