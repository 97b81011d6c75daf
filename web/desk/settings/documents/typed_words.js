/** Several words in one line, as they are typed. Pure. */
import { same } from "./pointers.js";

/** Words with commas between them, each once. @param {string} text @returns {string[]} */
export const wordsIn = (text) => each(text.split(/[,;\n]/));

/** Names, which have no spaces in them. @param {string} text @returns {string[]} */
export const namesIn = (text) => each(text.split(/[,;\s]+/));

/** @param {string[]} words */
const each = (words) => [...new Set(words.map((word) => word.trim()).filter(Boolean))];

/**
 * What the line shows: what is being typed stays as it is, what came from elsewhere is shown.
 *
 * @param {string} text @param {readonly string[]} words @param {(text: string) => string[]} split
 */
export const shownLine = (text, words, split) => (same(split(text), words) ? text : words.join(", "));
