/** How a change is told where the editor has no words of its own for it. Pure but for the language. */
import { number } from "../../../language/formats.js";
import { isSaid, t } from "../../../language/words.js";
import { steps } from "../pointers.js";

/** @typedef {import("./differences.js").Change} Change */
/** @typedef {{before: any, after: any}} Documents */
/** @typedef {(change: Change, documents: Documents) => string | null} Describe null: as the page says it by itself; "": said with another change */
/** @typedef {{text: string} | {place: string, change: Change}} Told */

const NAMES = ["id", "name", "title"];
const LONGEST = 300;

/** A place in words: names of fields where the page has them, elements by what they are called. @param {any} document @param {string} pointer */
export function placeWords(document, pointer) {
  /** @type {string[]} */
  const words = [];
  let here = document;
  for (const step of steps(pointer)) {
    const below = here !== null && typeof here === "object" ? here[step] : undefined;
    words.push(Array.isArray(here) ? elementWords(below, step) : isSaid(`field.${step}`) ? t(`field.${step}`) : step.replaceAll("_", " "));
    here = below;
  }
  return words.join(" › ");
}

/** @param {any} element @param {string} step */
function elementWords(element, step) {
  const name = NAMES.map((one) => element?.[one]).find((one) => typeof one === "string" && one);
  return name ?? number(Number(step) + 1);
}

/** A value in words, as far as there are: what has parts is shown as it is written. @param {any} value */
export function valueWords(value) {
  if (value === null || value === undefined || value === "") return t("value.nothing");
  if (typeof value === "boolean") return t(value ? "value.yes" : "value.no");
  if (typeof value === "number") return number(value);
  const text = typeof value === "string" ? value
    : Array.isArray(value) && value.every((one) => typeof one === "string") ? value.join(", ") || t("value.nothing")
    : JSON.stringify(value, null, 1).replace(/\s+/g, " ");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Changes as they are told: what is said with the same words is said once. @param {readonly Change[]} changes @param {Documents} documents @param {Describe} [describe] @returns {Told[]} */
export function toldOf(changes, documents, describe) {
  /** @type {Told[]} */
  const told = [];
  const said = new Set([""]);
  for (const change of changes) {
    const text = describe?.(change, documents) ?? null;
    if (text === null) told.push({ place: placeWords(change.op === "add" ? documents.after : documents.before, change.path), change });
    else if (!said.has(text)) told.push({ text });
    if (text) said.add(text);
  }
  return told;
}
