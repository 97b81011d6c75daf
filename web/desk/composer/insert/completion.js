/** What somebody is about to put in: a canned reply after "/", a colleague after "@". */
import { plain } from "../../language/letters.js";

/** @typedef {{sign: "/" | "@", from: number, to: number, query: string}} Trigger `from` is the sign's place, `to` the cursor's */
/** @typedef {{text: string, cursor: number}} Edited */

const MOST_QUERY = 40;
const MOST_WORDS = 4;
export const MOST_MENTIONS = 5;

/**
 * The sign at the beginning of a word before the cursor, and what was written after it. A search
 * may have several words; on the first of them a space ends it, and so does a new line.
 *
 * @param {string} text @param {number} cursor @param {readonly string[]} signs @returns {Trigger | null}
 */
export function triggerAt(text, cursor, signs) {
  const before = text.slice(Math.max(0, cursor - MOST_QUERY - 1), cursor);
  const offset = cursor - before.length;
  const found = /(^|[\s(])([/@])((?:[^\s/@][^\n/@]*)?)$/u.exec(before);
  if (!found) return null;
  const sign = /** @type {"/" | "@"} */ (found[2]);
  const at = offset + found.index + (found[1]?.length ?? 0);
  const query = found[3] ?? "";
  if (!signs.includes(sign) || (found[1] === "" && offset > 0 && at === offset)) return null;
  if (query.split(/\s+/u).length > MOST_WORDS) return null;
  return { sign, from: at, to: cursor, query };
}

/**
 * Those that have all the words in title or text, those first whose title has them.
 *
 * @template {{title: string, text?: string, name?: string}} One
 * @param {readonly One[]} all @param {string} query @returns {One[]}
 */
export function search(all, query) {
  const words = plain(query).split(/\s+/u).filter(Boolean);
  const has = (/** @type {string} */ where) => words.every((word) => plain(where).includes(word));
  const byTitle = all.filter((one) => has(`${one.name ?? ""} ${one.title}`));
  const byText = all.filter((one) => !byTitle.includes(one) && has(`${one.name ?? ""} ${one.title} ${one.text ?? ""}`));
  return [...byTitle, ...byText];
}

/** The text with something in place of what was typed to find it; all else stays. @param {string} text @param {{from: number, to: number}} place @param {string} what @returns {Edited} */
export function insert(text, { from, to }, what) {
  const after = text.slice(to);
  return { text: text.slice(0, from) + what + after, cursor: from + what.length };
}

/** What to put in so that a sign begins a word at the cursor. @param {string} text @param {number} cursor @param {string} sign */
export const opening = (text, cursor, sign) => (cursor > 0 && !/\s/u.test(text.charAt(cursor - 1)) ? ` ${sign}` : sign);

/** Who of those that were chosen is still named in the text. @param {string} text @param {readonly {agent_id: string, name: string}[]} chosen */
export function mentioned(text, chosen) {
  const named = chosen.filter(({ name }) => isNamed(text, name));
  return [...new Set(named.map((one) => one.agent_id))];
}

/** @param {string} text @param {string} name */
function isNamed(text, name) {
  for (let at = text.indexOf(`@${name}`); at >= 0; at = text.indexOf(`@${name}`, at + 1))
    if (!/^[\p{L}\p{N}_]/u.test(text.slice(at + name.length + 1))) return true;
  return false;
}

/** Places of canned replies that nothing was known for, and that still stand in the text. @param {string} text @param {readonly string[]} gaps */
export const openGaps = (text, gaps) => [...new Set(gaps)].filter((gap) => text.includes(gap));
