/**
 * What is wrong with a reply, or might be, by the rules that the API hands out: the same findings
 * as its own, without a call.
 */
import { lengthOf, splitText } from "./text_splitting.js";

/** @typedef {import("../../api/shapes.d.ts").LintRules} LintRules */
/** @typedef {"error" | "warning" | "hint"} Severity */
/** @typedef {{rule: string, severity: Severity, start: number, end: number, words: string}} Finding `start` and `end` are places of the string */
/** @typedef {{rule: string, start: number, end: number, values?: Record<string, string | number>}} Spot */

const MOST_FINDINGS = 50;
const LETTER = "[^\\P{L}\\p{N}_]";
const WORDS = new RegExp(`${LETTER}+(?:['’]${LETTER}+)*`, "gu");
const DATE = /^(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[.-]\d{1,2}[.-]\d{2,4})$/u;
const SENTENCE_START = /(?:^|[.!?:…\n]\s*["“«(]?\s*)$/u;
const ALPHANUMERIC = /^[\p{L}\p{N}]$/u;
const SHORTEST_IBAN = 15;

/** @param {string} text @param {LintRules} rules @returns {Finding[]} in the order of the text */
export function lint(text, rules) {
  return spotsOf(text, rules)
    .sort((one, other) => one.start - other.start || one.end - other.end || (one.rule < other.rule ? -1 : 1))
    .slice(0, MOST_FINDINGS)
    .map(({ rule, start, end, values }) => ({
      rule, start, end,
      severity: /** @type {Severity} */ (rules.severities[rule]),
      words: inWords(rules.words[rule] ?? rule, { text: text.slice(start, end), ...values }),
    }));
}

/** Whether a text is too long to leave as one message. @param {string} text @param {LintRules} rules */
const isBeyondOne = (text, rules) =>
  rules.text_limit !== null && lengthOf(text, rules.text_unit) > rules.text_limit;

/** @param {string} text @param {LintRules} rules @returns {Spot[]} */
function spotsOf(text, rules) {
  return [
    ...lengths(text, rules), ...address(text, rules), ...phrases("blame", text, rules.blame),
    ...loud(text, rules), ...exclamations(text, rules), ...byPattern(text, rules),
  ];
}

/** @param {string} pattern @param {Record<string, string | number>} values */
const inWords = (pattern, values) =>
  pattern.replace(/\{(\w+)\}/gu, (whole, name) => (name in values ? String(values[name]) : whole));

/** @param {string} text @param {LintRules} rules @returns {Spot[]} */
function lengths(text, rules) {
  const spots = [];
  const limit = rules.text_limit;
  if (limit !== null && isBeyondOne(text, rules)) {
    const parts = splitText(text, limit, rules.text_unit).length;
    spots.push({ rule: "parts", start: 0, end: text.length, values: { parts, limit } });
  }
  const length = lengthOf(text, "code_point");
  if (length > rules.longest) {
    const start = [...text].slice(0, rules.longest).join("").length;
    spots.push({ rule: "long", start, end: text.length, values: { length, longest: rules.longest } });
  }
  return spots;
}

/** How the customer is spoken to, against the channel's tone and against itself. @param {string} text @param {LintRules} rules @returns {Spot[]} */
function address(text, { address: forms, tone }) {
  const informal = phrases("too_informal", text, forms.informal);
  const formal = [...phrases("too_formal", text, forms.formal), ...inCapitals(text, forms.formal_in_capitals)];
  if (tone === "formal") return informal;
  if (tone === "informal") return formal;
  if (!informal.length || !formal.length) return [];
  const first = (/** @type {Spot[]} */ spots) => Math.min(...spots.map((spot) => spot.start));
  const other = first(informal) <= first(formal) ? formal : informal;
  return other.map((spot) => ({ ...spot, rule: "mixed_address" }));
}

/** Words that mean the customer only with a capital, where a sentence gives them none. @param {string} text @param {string[]} sought @returns {Spot[]} */
function inCapitals(text, sought) {
  return [...text.matchAll(WORDS)]
    .filter((word) => sought.includes(word[0])
      && !SENTENCE_START.test([...text.slice(0, word.index)].slice(-8).join("")))
    .map((word) => spotOf("too_formal", word));
}

/** @param {string} rule @param {string} text @param {string[]} sought @returns {Spot[]} */
function phrases(rule, text, sought) {
  return sought.length ? [...text.matchAll(anyOf(sought))].map((hit) => spotOf(rule, hit)) : [];
}

/** @type {Map<string, RegExp>} */
const made = new Map();

/** @param {string} source @param {string} flags */
function compiled(source, flags) {
  const key = `${flags} ${source}`;
  let pattern = made.get(key);
  if (!pattern) made.set(key, (pattern = new RegExp(source, flags)));
  return pattern;
}

/** @param {string[]} sought */
function anyOf(sought) {
  const alternatives = [...sought]
    .sort((one, other) => lengthOf(other, "code_point") - lengthOf(one, "code_point"))
    .map((phrase) => phrase.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&"));
  return compiled(`(?<![\\p{L}\\p{N}_])(?:${alternatives.join("|")})(?![\\p{L}\\p{N}_])`, "giu");
}

/** Words in capitals in a row, as many as are no name any more. @param {string} text @param {LintRules} rules @returns {Spot[]} */
function loud(text, rules) {
  /** @type {Spot[]} */
  const spots = [];
  /** @type {RegExpMatchArray[]} */
  let row = [];
  const end = () => {
    const long = row.filter((word) => lengthOf(word[0], "code_point") >= rules.letters_of_a_loud_word);
    const first = row[0];
    const last = row.at(-1);
    if (first && last && long.length >= rules.loud_words)
      spots.push({ ...spotOf("capitals", first), end: spotOf("", last).end });
    row = [];
  };
  for (const word of text.matchAll(WORDS)) {
    if (isUpper(word[0])) row.push(word);
    else end();
  }
  end();
  return spots;
}

/** @param {string} word */
const isUpper = (word) => /\p{Lu}/u.test(word) && !/[\p{Ll}\p{Lt}]/u.test(word);

/** @param {string} text @param {LintRules} rules @returns {Spot[]} */
function exclamations(text, rules) {
  const marks = [...text.matchAll(/!/gu)].map((mark) => mark.index);
  const most = rules.most_exclamation_marks;
  if (marks.length > most)
    return [{ rule: "exclamation_marks", start: marks[most] ?? 0, end: (marks.at(-1) ?? 0) + 1, values: { most } }];
  return [...text.matchAll(patternOf(rules.patterns.exclamation_marks ?? "(?!)"))]
    .map((hit) => ({ ...spotOf("exclamation_marks", hit), values: { most: 1 } }));
}

/** What a pattern shows, the surest first: what is a card's number is no telephone's. @param {string} text @param {LintRules} rules @returns {Spot[]} */
function byPattern(text, rules) {
  /** @type {Spot[]} */
  const taken = [];
  for (const [rule, source] of Object.entries(rules.patterns)) {
    if (rule === "exclamation_marks") continue;
    for (const hit of text.matchAll(patternOf(source))) {
      const spot = { rule, start: hit.index, end: hit.index + extent(rule, hit[0]) };
      const isFree = taken.every((other) => spot.end <= other.start || spot.start >= other.end);
      if (spot.end > spot.start && isFree) taken.push(spot);
    }
  }
  return taken;
}

/** @param {string} source a pattern as Python reads it: letters of every alphabet are letters */
function patternOf(source) {
  let within = false;
  const read = source.replace(/\\[\s\S]|[[\]]/gu, (piece) => {
    if (piece === "[" || piece === "]") within = piece === "[";
    if (piece === "\\w") return within ? "\\p{L}\\p{N}_" : "[\\p{L}\\p{N}_]";
    if (piece === "\\d") return "\\p{Nd}";
    if (piece === "\\b") return "(?:(?<![\\p{L}\\p{N}_])(?=[\\p{L}\\p{N}_])|(?<=[\\p{L}\\p{N}_])(?![\\p{L}\\p{N}_]))";
    return piece;
  });
  return compiled(read, "gu");
}

/** Look closer than a pattern can: how much of what it shows it is, 0 if it is none. @param {string} rule @param {string} hit */
function extent(rule, hit) {
  if (rule === "iban") return extentOfIban(hit);
  if (rule === "card_number") return passesLuhn(hit) ? hit.length : 0;
  if (rule === "phone_number") return DATE.test(hit) ? 0 : hit.length;
  return hit.length;
}

/** ISO 7064 (97-10), of the longest beginning that checks. @param {string} text */
function extentOfIban(text) {
  for (let end = text.length; end > 0; end -= 1) {
    const plain = text.slice(0, end).replaceAll(" ", "").toUpperCase();
    if (plain.length < SHORTEST_IBAN || text[end - 1] === " " || ALPHANUMERIC.test(text.charAt(end))) continue;
    if (remainder(plain.slice(4) + plain.slice(0, 4)) === 1) return end;
  }
  return 0;
}

/** @param {string} plain letters and figures, letters counting from 10 on */
function remainder(plain) {
  let rest = 0;
  for (const letter of plain) for (const digit of String(parseInt(letter, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest;
}

/** @param {string} text */
function passesLuhn(text) {
  const digits = [...text.replace(/\D/gu, "")].reverse().map(Number);
  const sum = digits.reduce((all, digit, place) => {
    const counted = place % 2 ? digit * 2 : digit;
    return all + (counted > 9 ? counted - 9 : counted);
  }, 0);
  return sum % 10 === 0;
}

/** @param {string} rule @param {RegExpMatchArray} hit @returns {Spot} */
const spotOf = (rule, hit) => ({ rule, start: hit.index ?? 0, end: (hit.index ?? 0) + hit[0].length });
