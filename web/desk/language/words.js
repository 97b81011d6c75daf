/**
 * What the desk says, in the agent's language.
 *
 * A room's words are a flat object in `language/<language>/<room>.js`. `{name}` stands for a value;
 * of words that depend on a number there are `key.one` and `key.other`, chosen by `count`.
 */
import { signal } from "@preact/signals";

/** @typedef {Record<string, string>} Words */
/** @typedef {Record<string, string | number>} Values */

export const LANGUAGES = /** @type {const} */ (["it", "en"]);
/** Rooms whose words the first screen needs. */
const FIRST = ["frame", "inbox"];
const KEPT_LANGUAGE = "sportello.language";
/** How much longer words are shown, to see what a longer language would do: 1.3 is 30 %. */
const KEPT_STRETCH = "sportello.stretch";

/** The language in use: what is drawn with it is drawn anew when it changes. */
export const language = signal("en");

/** @type {Words} */
let words = {};
/** @type {Set<string>} */
const rooms = new Set(FIRST);
let stretch = 1;

/** @param {readonly string[]} preferred @param {string | null} kept @returns {string} */
export function languageFor(preferred, kept) {
  const wanted = [kept, ...preferred].map((code) => (code ?? "").slice(0, 2).toLowerCase());
  return wanted.find((code) => LANGUAGES.includes(/** @type {any} */ (code))) ?? "en";
}

/** The language as it is written where this person lives: `en-IE`, say. */
export const region = () => regionFor(globalThis.navigator?.languages ?? [], language.value);

/** @param {readonly string[]} preferred @param {string} code */
export function regionFor(preferred, code) {
  return preferred.find((one) => one.toLowerCase().startsWith(`${code}-`)) ?? { en: "en-GB", it: "it-IT" }[code] ?? code;
}

/** Load the words of the first screen in the language that this person reads. */
export async function loadWords() {
  stretch = Number(localStorage.getItem(KEPT_STRETCH)) || 1;
  await speak(languageFor(navigator.languages, localStorage.getItem(KEPT_LANGUAGE)));
}

/** Go on in another language, and remember it. @param {string} chosen */
export async function chooseLanguage(chosen) {
  await speak(chosen);
  localStorage.setItem(KEPT_LANGUAGE, chosen);
}

/** Load the words of a room that is not on the first screen. @param {string} room */
export async function addWords(room) {
  if (rooms.has(room)) return;
  const code = language.peek();
  const added = await wordsOf(code, room);
  rooms.add(room);
  // Whoever chose another language meanwhile has these words of it with the others.
  if (code === language.peek()) words = { ...words, ...added };
  else await speak(language.peek());
}

/** @param {string} chosen */
async function speak(chosen) {
  const all = await Promise.all([...rooms].map((room) => wordsOf(chosen, room)));
  words = Object.assign({}, ...all);
  document.documentElement.lang = chosen;
  language.value = chosen;
}

/** @param {string} chosen @param {string} room @returns {Promise<Words>} */
async function wordsOf(chosen, room) {
  return (await import(`./${chosen}/${room}.js`)).default;
}

/**
 * Say something in the agent's language; a key without words is said as itself.
 *
 * @param {string} key @param {Values} [values]
 */
export function t(key, values = {}) {
  const found = phrase(words, key, values, language.value);
  return stretch === 1 ? found : stretched(found, stretch);
}

/** Whether there are words for a key. @param {string} key */
export function isSaid(key) {
  return key in words;
}

/** A word of the API's in the agent's language, as itself where there is none. @param {string} key @param {unknown} value */
export const wordFor = (key, value) => (isSaid(key) ? t(key) : String(value ?? ""));

/** @param {Words} from @param {string} key @param {Values} values @param {string} code */
export function phrase(from, key, values, code) {
  const pattern = from[key] ?? from[`${key}.${form(values.count, code)}`] ?? key;
  return pattern.replace(/\{(\w+)\}/g, (whole, name) =>
    name in values ? figure(values[name] ?? "", code) : whole,
  );
}

/** How figures and plurals go in a language; each costs more to make than a text to say. @type {Map<string, {plural: Intl.PluralRules, figure: Intl.NumberFormat}>} */
const rules = new Map();

/** @param {string} code */
function rulesOf(code) {
  const made = rules.get(code) ?? { plural: new Intl.PluralRules(code), figure: new Intl.NumberFormat(code) };
  rules.set(code, made);
  return made;
}

/** @param {string | number | undefined} count @param {string} code */
function form(count, code) {
  const chosen = rulesOf(code).plural.select(Number(count ?? 0));
  return chosen === "one" ? "one" : "other";
}

/** @param {string | number} value @param {string} code */
function figure(value, code) {
  return typeof value === "number" ? rulesOf(code).figure.format(value) : value;
}

/** @param {string} text @param {number} by */
function stretched(text, by) {
  const more = Math.round(text.length * (by - 1));
  return more > 0 ? `${text} ${"ŵōřđş ".repeat(1 + more / 6).slice(0, Math.max(0, more - 1))}` : text;
}
