/**
 * Edits of the questions and answers. An entry stands in the list of each of its languages under one id;
 * a row is an entry with all its languages.
 */
import { nameFor } from "../content/lists.js";

/** @typedef {{within_seconds: number, in_opening_hours: boolean, kept_by: "answer" | "hand"}} Terms */
/** @typedef {{id: string, questions: string[], answer: string, promise: Terms | null, holds_for_any: string[]}} Entry */
/** @typedef {{entries: Record<string, Entry[]>}} FaqDocument */
/** @typedef {{key: string, id: string, languages: Record<string, {at: number, entry: Entry}>}} FaqRow */
/** @typedef {FaqRow["languages"]} Removal where an entry stood */

/** An id may stand twice in a language: later ones are rows of their own, so that none is lost. */
const AGAIN = " #";

/** @param {Entry[]} list @returns {{key: string, entry: Entry}[]} */
function withKeys(list) {
  /** @type {Map<string, number>} */
  const times = new Map();
  return list.map((entry) => {
    const time = (times.get(entry.id) ?? 0) + 1;
    times.set(entry.id, time);
    return { key: time === 1 ? entry.id : `${entry.id}${AGAIN}${time}`, entry };
  });
}

/** All entries, in the order of the first language, those that are in others alone after them. @param {FaqDocument} document @returns {FaqRow[]} */
export function faqRows(document) {
  /** @type {Map<string, FaqRow>} */
  const rows = new Map();
  for (const [language, list] of Object.entries(document.entries)) {
    withKeys(list).forEach(({ key, entry }, at) => {
      const row = rows.get(key) ?? { key, id: entry.id, languages: {} };
      rows.set(key, { ...row, languages: { ...row.languages, [language]: { at, entry } } });
    });
  }
  return [...rows.values()];
}

/** @param {string} id @returns {Entry} */
function blankEntry(id) {
  return { id, questions: [], answer: "", promise: null, holds_for_any: [] };
}

/** Begin an entry in a language. @param {FaqDocument} document @param {string} language @param {string} [title] @returns {{document: FaqDocument, key: string}} */
export function withNewEntry(document, language, title = "") {
  const taken = faqRows(document).map((row) => row.id);
  const id = nameFor(title, taken, "entry");
  const list = [...(document.entries[language] ?? []), blankEntry(id)];
  return { document: { entries: { ...document.entries, [language]: list } }, key: id };
}

/**
 * Change what an entry is in one language. One that had no words there begins to, one that has none any
 * more ceases to be there, unless it is nowhere else.
 *
 * @param {FaqDocument} document @param {string} key @param {string} language @param {Partial<Entry>} changed
 * @returns {FaqDocument}
 */
export function withChange(document, key, language, changed) {
  const row = faqRows(document).find((one) => one.key === key);
  if (!row) return document;
  const place = row.languages[language];
  const entry = { ...(place?.entry ?? blankEntry(row.id)), ...changed };
  const list = document.entries[language] ?? [];
  if (isBlank(entry) && Object.keys(row.languages).some((other) => other !== language)) {
    return withList(document, language, list.filter((_, at) => at !== place?.at));
  }
  return withList(document, language, place ? list.map((one, at) => (at === place.at ? entry : one)) : [...list, entry]);
}

/** Call an entry otherwise, in all its languages. @param {FaqDocument} document @param {string} key @param {string} id @returns {FaqDocument} */
export function withId(document, key, id) {
  const row = faqRows(document).find((one) => one.key === key);
  if (!row) return document;
  return Object.entries(row.languages).reduce((made, [language, { at }]) => withList(
    made, language, (made.entries[language] ?? []).map((one, index) => (index === at ? { ...one, id } : one)),
  ), document);
}

/** @param {FaqDocument} document @param {string} key @returns {{document: FaqDocument, removal: Removal | null}} */
export function withoutEntry(document, key) {
  const row = faqRows(document).find((one) => one.key === key);
  if (!row) return { document, removal: null };
  const made = Object.entries(row.languages).reduce((before, [language, { at }]) => withList(
    before, language, (before.entries[language] ?? []).filter((_, index) => index !== at),
  ), document);
  return { document: made, removal: row.languages };
}

/** Put back what was removed, where it stood. @param {FaqDocument} document @param {Removal} removal @returns {FaqDocument} */
export function withEntryAgain(document, removal) {
  return Object.entries(removal).reduce((made, [language, { at, entry }]) => {
    const list = made.entries[language] ?? [];
    return withList(made, language, [...list.slice(0, at), entry, ...list.slice(at)]);
  }, document);
}

/** Move an entry one place up (-1) or down (1), in every language alike. @param {FaqDocument} document @param {string} key @param {number} step @returns {FaqDocument} */
export function withEntryMoved(document, key, step) {
  const order = faqRows(document).map((row) => row.key);
  const at = order.indexOf(key);
  const other = order[at + step];
  if (at < 0 || other === undefined) return document;
  [order[at], order[at + step]] = [other, key];
  const sorted = Object.entries(document.entries).map(([language, list]) => [language, withKeys(list)
    .toSorted((one, two) => order.indexOf(one.key) - order.indexOf(two.key)).map(({ entry }) => entry)]);
  return { entries: Object.fromEntries(sorted) };
}

/** Answer a language with the packaged entries again. @param {FaqDocument} document @param {string} language @returns {FaqDocument} */
export function withPackaged(document, language) {
  const { [language]: _own, ...others } = document.entries;
  return { entries: others };
}

/** @param {FaqDocument} document @param {string} language @param {Entry[]} list @returns {FaqDocument} */
export function withList(document, language, list) {
  return { entries: { ...document.entries, [language]: list } };
}

/** @param {Entry} entry */
const isBlank = (entry) => !entry.questions.length && !entry.answer.trim();

/** What a row is called: its first question in the language asked for, else in any. @param {FaqRow} row @param {string} language */
export function titleOf(row, language) {
  const entries = Object.values(row.languages).map((place) => place.entry);
  const first = row.languages[language]?.entry.questions[0];
  return first ?? entries.find((entry) => entry.questions[0])?.questions[0] ?? row.id;
}

/** @typedef {"no_questions" | "no_answer" | "id_twice" | "no_id"} EntryFault */

/** What keeps an entry from being written. @param {FaqRow} row @param {string} language @returns {EntryFault[]} */
export function entryFaults(row, language) {
  const entry = row.languages[language]?.entry;
  if (!entry) return [];
  return /** @type {EntryFault[]} */ ([
    !entry.id.trim() && "no_id",
    row.key.includes(AGAIN) && "id_twice",
    !entry.questions.length && "no_questions",
    !entry.answer.trim() && "no_answer",
  ].filter(Boolean));
}

/** Questions as one writes them, one a line. @param {string} text @returns {string[]} each once */
export function questionsOf(text) {
  return [...new Set(text.split("\n").map((line) => line.trim()).filter(Boolean))];
}

/** A question as it is compared with others. @param {string} question */
export const plainQuestion = (question) => question.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();

/** The same question in two entries of a language: only one of them can answer. @param {FaqDocument} document @param {string} language @returns {Map<string, string[]>} ids by plain question */
export function questionsTwice(document, language) {
  /** @type {Map<string, Set<string>>} */
  const asked = new Map();
  for (const entry of document.entries[language] ?? []) {
    for (const question of entry.questions) {
      const plain = plainQuestion(question);
      asked.set(plain, (asked.get(plain) ?? new Set()).add(entry.id));
    }
  }
  return new Map([...asked].filter(([, ids]) => ids.size > 1).map(([question, ids]) => [question, [...ids]]));
}
