/** What Sportello says in a business's own words: `{place}`, and nothing else in it is special. */
import { withWords } from "../content/lists.js";

const LONGEST_TEXT = 4_000;
/** Characters on a reply button, the lowest limit of all channels. */
const LONGEST_BUTTON = 20;
const BUTTON = "talk_to_person_button";
const PLACE = /\{([\p{L}\p{N}_]+)\}/gu;

/** @typedef {{default_language: string, texts: Record<string, Record<string, string>>}} TextDocument */
/** @typedef {{kind: "unknown", names: string[]} | {kind: "long", most: number}} Fault */

/** @param {string} wording @returns {string[]} each place once */
export function places(wording) {
  return [...new Set([...wording.matchAll(PLACE)].map((match) => match[1] ?? ""))];
}

/** What would be refused. @param {string} name @param {string} wording @param {readonly string[]} allowed @returns {Fault | null} */
export function textFault(name, wording, allowed) {
  const unknown = places(wording).filter((place) => !allowed.includes(place));
  if (unknown.length) return { kind: "unknown", names: unknown };
  const most = name === BUTTON ? LONGEST_BUTTON : LONGEST_TEXT;
  return [...wording].length > most ? { kind: "long", most } : null;
}

/** Braces that would be said as they stand, which is seldom meant. @param {string} wording */
export function hasLooseBrace(wording) {
  return /[{}]/.test(wording.replace(PLACE, ""));
}

/**
 * Say it otherwise, or, with nothing, as it is packaged.
 *
 * @param {TextDocument} document @param {string} language @param {string} name @param {string} wording
 * @returns {TextDocument}
 */
export function withText(document, language, name, wording) {
  const own = withWords(document.texts[language] ?? {}, name, wording);
  const { [language]: _all, ...languages } = document.texts;
  return { ...document, texts: Object.keys(own).length ? { ...languages, [language]: own } : languages };
}

/** Languages in which a text has words of the business's own. @param {TextDocument} document @param {string} name */
export function ownLanguages(document, name) {
  return Object.keys(document.texts).filter((language) => document.texts[language]?.[name]);
}
