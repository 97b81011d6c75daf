/** What changed between two documents, in the form in which the agent API tells it. Pure. */
import { isObject, pointer, same } from "../pointers.js";

/** @typedef {{op: "add" | "remove" | "replace", path: string, value?: any, was?: any}} Change */

/** @param {any} before @param {any} after @returns {Change[]} to be done in their order */
export function differences(before, after) {
  return [...between(before, after, [])];
}

/** @param {any} before @param {any} after @param {(string | number)[]} path @returns {Generator<Change>} */
function* between(before, after, path) {
  if (isObject(before) && isObject(after)) yield* ofObjects(before, after, path);
  else if (Array.isArray(before) && Array.isArray(after)) yield* ofLists(before, after, path);
  else if (!same(before, after)) yield { op: "replace", path: pointer(path), value: after, was: before };
}

/** @param {Record<string, any>} before @param {Record<string, any>} after @param {(string | number)[]} path @returns {Generator<Change>} */
function* ofObjects(before, after, path) {
  for (const [name, value] of Object.entries(before)) {
    if (Object.hasOwn(after, name)) yield* between(value, after[name], [...path, name]);
    else yield { op: "remove", path: pointer([...path, name]), was: value };
  }
  for (const [name, value] of Object.entries(after)) {
    if (!Object.hasOwn(before, name)) yield { op: "add", path: pointer([...path, name]), value };
  }
}

/** Leave out what is the same at both ends. @param {any[]} before @param {any[]} after @param {(string | number)[]} path @returns {Generator<Change>} */
function* ofLists(before, after, path) {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && same(before[start], after[start])) start += 1;
  let end = 0;
  while (end < shorter - start && same(before.at(-1 - end), after.at(-1 - end))) end += 1;
  const [old, fresh] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  const both = Math.min(old.length, fresh.length);
  for (let i = 0; i < both; i += 1) yield* between(old[i], fresh[i], [...path, start + i]);
  for (let i = old.length - 1; i >= both; i -= 1) yield { op: "remove", path: pointer([...path, start + i]), was: old[i] };
  for (let i = both; i < fresh.length; i += 1) yield { op: "add", path: pointer([...path, start + i]), value: fresh[i] };
}
