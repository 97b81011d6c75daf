/** Edits of lists and of names, none of which changes what it is given. */
import { plain } from "../../language/letters.js";

/** @template T @param {readonly T[]} list @param {number} at @returns {T[]} */
export function without(list, at) {
  return list.filter((_, index) => index !== at);
}

/** @template T @param {readonly T[]} list @param {number} at @param {T} one @returns {T[]} */
export function inserted(list, at, one) {
  return [...list.slice(0, at), one, ...list.slice(at)];
}

/** @template T @param {readonly T[]} list @param {number} at @param {T} one @returns {T[]} */
export function replaced(list, at, one) {
  return list.map((other, index) => (index === at ? one : other));
}

/** Take a value into a list, or out of it. @template T @param {readonly T[]} list @param {T} value @returns {T[]} */
export function toggled(list, value) {
  return list.includes(value) ? list.filter((other) => other !== value) : [...list, value];
}

/** @template T @param {Record<string, T>} named @param {string} name @returns {Record<string, T>} */
export function lacking(named, name) {
  return Object.fromEntries(Object.entries(named).filter(([other]) => other !== name));
}

/**
 * Call something otherwise, where it stands.
 *
 * @template T @param {Record<string, T>} named @param {string} from @param {string} to @returns {Record<string, T>}
 */
export function renamed(named, from, to) {
  if (!(from in named) || to in named) return named;
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name === from ? to : name, value]));
}

/** Words by language or by name, some of them changed; none: they are left out. @param {Record<string, string>} words @param {string} name @param {string} text */
export function withWords(words, name, text) {
  const others = lacking(words, name);
  return text.trim() ? { ...others, [name]: text } : others;
}

/** What the API takes as a name. */
export const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/**
 * A name made of what something is called, none of those that are taken.
 *
 * @param {string} text @param {readonly string[]} taken @param {string} fallback
 */
export function nameFor(text, taken, fallback) {
  const name = plain(text).replace(/[^a-z0-9]+/g, "-").slice(0, 40).replace(/^-+|-+$/g, "") || fallback;
  if (!taken.includes(name)) return name;
  for (let number = 2; ; number += 1) {
    if (!taken.includes(`${name}-${number}`)) return `${name}-${number}`;
  }
}

/** A name as it was typed, else one made of it; empty where none can be. @param {string} text */
export const asName = (text) => (NAME.test(text.trim()) ? text.trim() : nameFor(text, [], ""));

/** Whether a text has all words of a query, accented or not. @param {string} query @param {string} text */
export function hasWords(query, text) {
  const heard = plain(text);
  return plain(query).split(/\s+/).every((word) => heard.includes(word));
}
