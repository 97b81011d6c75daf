/** What conversations are sorted by: names, titles, colours. */
import { withWords } from "../content/lists.js";

export const MOST_TAGS = 200;
export const LONGEST_TITLE = 60;
export const PACKAGED_COLOUR = "#6b7280";

/** @typedef {{title: Record<string, string>, colour: string}} Tag */
/** @typedef {{tags: Record<string, Tag>, free: boolean}} TagDocument */

/** What a tag is called in a language: by its name where it has no title. @param {TagDocument} document @param {string} name @param {string} language */
export function titleOfTag(document, name, language) {
  return document.tags[name]?.title[language] || name;
}

/** @param {TagDocument} document @param {string} name @param {string} language @param {string} title @returns {TagDocument} */
export function withTitle(document, name, language, title) {
  const tag = document.tags[name];
  if (!tag) return document;
  return { ...document, tags: { ...document.tags, [name]: { ...tag, title: withWords(tag.title, language, title) } } };
}

/** Two tags that agents cannot tell apart in a language. @param {TagDocument} document @param {string} language @returns {string[]} their names */
export function titlesTwice(document, language) {
  const names = Object.keys(document.tags);
  return names.filter((name) => names.some((other) => other !== name
    && titleOfTag(document, other, language).toLowerCase() === titleOfTag(document, name, language).toLowerCase()));
}
