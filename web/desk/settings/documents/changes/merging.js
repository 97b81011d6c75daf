/**
 * Two people's changes of one document put together. Pure.
 *
 * What only one of them changed is as they made it; where both changed the same thing to something
 * different, mine stands, what only one of them took out stays, and the place is told.
 */
import { isObject, pointer, same } from "../pointers.js";

/** @typedef {{merged: any, contested: string[]}} Merged */

const GONE = Symbol("gone");
const NAMES = ["id", "name", "first"];

/** @param {any} base that both began with @param {any} mine @param {any} theirs @returns {Merged} */
export function merge(base, mine, theirs) {
  /** @type {string[]} */
  const contested = [];
  return { merged: both(base, mine, theirs, [], contested), contested };
}

/** @param {any} base @param {any} mine @param {any} theirs @param {(string | number)[]} path @param {string[]} contested @returns {any} */
function both(base, mine, theirs, path, contested) {
  if (same(mine, theirs) || same(base, theirs)) return mine;
  if (same(base, mine)) return theirs;
  if (isObject(mine) && isObject(theirs)) {
    return Object.fromEntries(members(Object.entries(isObject(base) ? base : {}), Object.entries(mine), Object.entries(theirs), path, contested));
  }
  if (Array.isArray(base) && Array.isArray(mine) && Array.isArray(theirs)) {
    const [ofBase, ofMine, ofTheirs] = [named(base), named(mine), named(theirs)];
    if (ofBase && ofMine && ofTheirs) return members(ofBase, ofMine, ofTheirs, path, contested).map(([, value]) => value);
  }
  contested.push(pointer(path));
  return mine === GONE ? theirs : mine; // what one of us took out and the other changed is kept
}

/**
 * In my order; what they added stands behind what it stands behind with them.
 *
 * @typedef {[string, any][]} Members
 * @param {Members} base @param {Members} mine @param {Members} theirs @param {(string | number)[]} path @param {string[]} contested
 * @returns {Members}
 */
function members(base, mine, theirs, path, contested) {
  const [was, is, other] = [new Map(base), new Map(mine), new Map(theirs)];
  const order = same(mine.map(([name]) => name), base.map(([name]) => name)) ? [...other.keys()] : [...is.keys()];
  for (const source of [theirs, mine]) addAbsent(order, source.map(([name]) => name));
  /** @type {Members} */
  const kept = [];
  for (const name of order) {
    const [old, ours, theirOwn] = [was, is, other].map((map) => (map.has(name) ? map.get(name) : GONE));
    const value = both(old, ours, theirOwn, [...path, name], contested);
    if (value !== GONE) kept.push([name, value]);
  }
  return kept;
}

/** @param {string[]} order @param {string[]} names */
function addAbsent(order, names) {
  names.forEach((name, place) => {
    if (order.includes(name)) return;
    const before = place ? order.indexOf(/** @type {string} */ (names[place - 1])) : -1;
    order.splice(before + 1, 0, name);
  });
}

/** A list whose elements can be told apart, by what they are called or what they are. @param {any[]} list @returns {Members | null} */
function named(list) {
  const found = list.map((one) => /** @type {[string, any]} */ ([nameOf(one), one]));
  const isClear = found.every(([name]) => name) && new Set(found.map(([name]) => name)).size === found.length;
  return isClear ? found : null;
}

/** @param {any} element */
function nameOf(element) {
  if (!isObject(element)) return Array.isArray(element) ? "" : JSON.stringify(element);
  const by = NAMES.find((name) => typeof element[name] === "string" && element[name]);
  return by ? `${by}:${element[by]}` : "";
}
