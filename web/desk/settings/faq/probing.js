/** Asking questions of the draft, and those kept beside it as tests: for as long as the page is open. */
import { signal } from "@preact/signals";
import { act } from "../../api/api.js";

/** @typedef {import("./entries.js").FaqDocument} FaqDocument */
/**
 * `isDraft` tells whether a draft was asked; `outcome` "nothing": mere thanks, which are owed no answer.
 *
 * @typedef {{id: string, question: string, answer: string, confidence: number, particulars_differ: boolean}} Near
 * @typedef {{language: string, outcome: "answer" | "person" | "nothing", reason: string | null,
 *   answer: {id: string, text: string, promise: any} | null, threshold: number, nearest: Near[]}} Probed
 * @typedef {{question: string, language: string, expected: string | null, got: string | null | undefined}} Test
 */

export const LONGEST_QUESTION = 1_000;
export const MOST_TESTS = 50;

/** Tests of the page that is open; an `expected` of null is a person. @type {import("@preact/signals").Signal<Test[]>} */
export const tests = signal([]);

/** @param {string} question @param {string} language empty: found in the question @param {FaqDocument} document @returns {Promise<Probed>} */
export function probe(question, language, document) {
  return act("/settings/faq/probe", { question, document, ...(language ? { language } : {}) }, { repeatable: true });
}

/** Which entry answers, null: a person would. @param {Probed} probed */
export const entryThatAnswers = (probed) => probed.answer?.id ?? null;

/** @param {string} question @param {string} language @param {string | null} expected */
export function keepTest(question, language, expected) {
  const others = tests.value.filter((one) => one.question !== question || one.language !== language);
  tests.value = [...others, { question, language, expected, got: expected }].slice(-MOST_TESTS);
}

/** @param {Test} test */
export function forgetTest(test) {
  tests.value = tests.value.filter((one) => one !== test);
}

/** Ask all tests of the draft, one after another. @param {FaqDocument} document */
export async function askAll(document) {
  for (const test of [...tests.value]) {
    const got = entryThatAnswers(await probe(test.question, test.language, document));
    tests.value = tests.value.map((one) => (one === test ? { ...test, got } : one));
  }
}
