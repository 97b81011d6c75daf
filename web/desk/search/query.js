/** What somebody looks for, and where it stands in what was found. */
import { plain } from "../language/letters.js";

const SHORTEST = 2;
export const LONGEST = 256;

/** @typedef {{text: string, found: boolean}} Piece */

/** What is sent of what was typed: nothing, if it is too short to be looked for. @param {string} typed */
export function queryOf(typed) {
  const query = typed.trim().replace(/\s+/gu, " ").slice(0, LONGEST);
  return [...query].length < SHORTEST ? "" : query;
}

/**
 * A text in pieces, so that the words that were looked for can be marked: case and accents do not
 * matter, and a word is found at the beginning of others, as names are.
 *
 * @param {string} text @param {string} query @returns {Piece[]}
 */
export function marked(text, query) {
  const wanted = words(query).map(({ plain }) => plain);
  /** @type {Piece[]} */
  const pieces = [];
  let from = 0;
  for (const { plain, start, end } of words(text)) {
    if (!wanted.some((word) => plain.startsWith(word))) continue;
    pieces.push({ text: text.slice(from, start), found: false }, { text: text.slice(start, end), found: true });
    from = end;
  }
  return [...pieces, { text: text.slice(from), found: false }].filter((piece) => piece.text);
}

/** @param {string} text */
function words(text) {
  return [...text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].map((match) => ({
    plain: plain(match[0]),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/**
 * Hits of a further page behind those that are there, each conversation once.
 *
 * @template {{row: {conversation_id: string}}} Hit
 * @param {Hit[]} there @param {Hit[]} more @returns {Hit[]}
 */
export function joined(there, more) {
  const known = new Set(there.map((hit) => hit.row.conversation_id));
  return [...there, ...more.filter((hit) => !known.has(hit.row.conversation_id))];
}
