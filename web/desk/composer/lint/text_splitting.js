/**
 * How a text that is longer than one message leaves in parts, as the desk's own cutting has it.
 *
 * Places are those of a JavaScript string; what a part may hold is counted in the channel's unit.
 */

/** @typedef {"code_point" | "utf_16"} Unit */
/** @typedef {{start: number, end: number, strength: number}} Break */
/** @typedef {{text: string, measured: number[], places: number[], limit: number}} Cutting */

const ADDRESS = /(?:https?:\/\/|www\.|mailto:)\S*[^\s.,;:!?"'»)\]}>]/giu;
const SPACE = /^\s+$/u;
const NO_BREAK_SPACES = /^[\u00a0\u2007\u202f]+$/u;
const LINE_END = /\r\n|[\n\r\v\f\x85\u2028\u2029]/gu;
const ABBREVIATIONS = "sig|sig\\.ra|sigg|dott|dott\\.ssa|avv|ing|prof|gent|spett|es|ecc|art|tel|pag|cod|rif|nr|n"
  + "|mr|mrs|ms|dr|st|no|vs|e\\.g|i\\.e|etc|approx|ref";
const SENTENCE_END = new RegExp(
  `(?:(?<!(?<![\\p{L}\\p{N}_])(?:${ABBREVIATIONS}))\\.|[!?…])[.!?…]*["'”’»)\\]]*$`, "iu");
const SENTENCE_END_REACH = 24;

const NO_BREAK = 0, WORD = 1, SENTENCE = 2, LINE = 3, PARAGRAPH = 4;

/** How long a text is. @param {string} text @param {Unit} unit */
export function lengthOf(text, unit) {
  if (unit === "utf_16") return text.length;
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** @param {string} text @param {number} limit @param {Unit} unit @returns {string[]} */
export function splitText(text, limit, unit = "code_point") {
  const plain = text.trim();
  if (lengthOf(plain, unit) <= limit) return plain ? [plain] : [];
  const borders = clusterBorders(plain);
  const cutting = { text: plain, limit, ...measure(plain, unit) };
  return parts(cutting, borders, breaksOf(plain, borders), addresses(plain, limit, unit));
}

/** @param {Cutting} cutting @param {number[]} borders @param {Break[]} breaks @param {[number, number][]} urls */
function parts(cutting, borders, breaks, urls) {
  const { text, measured, limit } = cutting;
  const found = [];
  let start = 0;
  let upcoming = 0;
  while (/** @type {number} */ (measured[text.length]) - at(measured, start) > limit) {
    const reach = reachOf(cutting, start);
    const best = bestBreak(breaks, upcoming, reach);
    const chosen = best === null ? undefined : breaks[best];
    if (chosen && best !== null) {
      found.push(text.slice(start, chosen.start));
      start = chosen.end;
      upcoming = best + 1;
    } else {
      const cut = cutInsideWord(start, reach, borders, urls);
      found.push(text.slice(start, cut));
      start = cut;
    }
  }
  return [...found, text.slice(start)];
}

/** @param {number[]} of @param {number} place */
const at = (of, place) => of[place] ?? 0;

/** How long the text is up to each of its places, and at which of them a character begins. @param {string} text @param {Unit} unit */
function measure(text, unit) {
  const measured = new Array(text.length + 1).fill(0);
  const places = [0];
  let length = 0;
  for (let place = 0; place < text.length;) {
    const wide = (text.codePointAt(place) ?? 0) > 0xffff ? 2 : 1;
    length += unit === "utf_16" ? wide : 1;
    for (let step = 1; step <= wide; step += 1) measured[place + step] = length;
    place += wide;
    places.push(place);
  }
  return { measured, places };
}

/** The last place within the limit of a start. @param {Cutting} cutting @param {number} start */
function reachOf({ measured, places, limit }, start) {
  let low = places.findIndex((place) => place > start);
  while (low + 1 < places.length && at(measured, at(places, low + 1)) - at(measured, start) <= limit) low += 1;
  return at(places, low);
}

/** @param {string} text */
function clusterBorders(text) {
  const segments = new Intl.Segmenter("und", { granularity: "grapheme" }).segment(text);
  return [...[...segments].map((segment) => segment.index), text.length];
}

/** @param {string} text @param {number} limit @param {Unit} unit @returns {[number, number][]} */
function addresses(text, limit, unit) {
  return [...text.matchAll(ADDRESS)]
    .filter((url) => lengthOf(url[0], unit) <= limit)
    .map((url) => [url.index, url.index + url[0].length]);
}

/** @param {string} text @param {number[]} borders @returns {Break[]} */
function breaksOf(text, borders) {
  const breaks = [];
  let runStart = -1;
  for (let number = 0; number + 1 < borders.length; number += 1) {
    const start = at(borders, number);
    const isSpace = SPACE.test(text.slice(start, at(borders, number + 1)));
    if (isSpace && runStart < 0) runStart = start;
    if (!isSpace && runStart >= 0) {
      breaks.push({ start: runStart, end: start, strength: strengthOf(text, runStart, start) });
      runStart = -1;
    }
  }
  return breaks;
}

/** @param {string} text @param {number} start @param {number} end */
function strengthOf(text, start, end) {
  const run = text.slice(start, end);
  const lineEnds = run.match(LINE_END)?.length ?? 0;
  if (lineEnds) return lineEnds === 1 ? LINE : PARAGRAPH;
  if (NO_BREAK_SPACES.test(run)) return NO_BREAK;
  const before = text.slice(Math.max(0, start - SENTENCE_END_REACH), start);
  return SENTENCE_END.test(before) && !/^\p{Ll}/u.test(text.slice(end)) ? SENTENCE : WORD;
}

/** The last of the strongest breaks within reach. @param {Break[]} breaks @param {number} first @param {number} reach */
function bestBreak(breaks, first, reach) {
  let best = null;
  for (let number = first; number < breaks.length; number += 1) {
    const one = /** @type {Break} */ (breaks[number]);
    if (one.start > reach) break;
    if (best === null || one.strength >= (breaks[best]?.strength ?? 0)) best = number;
  }
  return best;
}

/** @param {number} start @param {number} reach @param {number[]} borders @param {[number, number][]} urls */
function cutInsideWord(start, reach, borders, urls) {
  const across = urls.find(([from, to]) => start < from && from < reach && reach < to);
  const cut = across ? across[0] : reach;
  const border = borders.findLast((place) => place <= cut) ?? 0;
  return border > start ? border : cut;
}
