/** What is wrong with a draft, where, and until when. Pure. */
import { at, same, steps } from "../pointers.js";

/** @typedef {{pointer: string, detail: string}} Fault a fault of the whole has an empty pointer */

/** @param {any} answer a problem document @returns {Fault[]} */
export function faultsOf(answer) {
  const faults = (answer.errors ?? []).map((/** @type {any} */ one) => ({ pointer: one.pointer ?? "", detail: one.detail ?? "" }));
  return faults.length ? faults : [{ pointer: "", detail: answer.detail ?? answer.title ?? "" }];
}

/** Those at a place and below it. @param {readonly Fault[]} faults @param {string} pointer */
export function faultsAt(faults, pointer) {
  return faults.filter((one) => one.pointer === pointer || one.pointer.startsWith(`${pointer}/`));
}

/** Those that stay when the draft changes: where something else stands now, it has to be judged anew. @param {readonly Fault[]} faults @param {any} before @param {any} after */
export function faultsLeft(faults, before, after) {
  return faults.filter(({ pointer }) => {
    const path = heldPart(before, steps(pointer));
    return pointer && same(at(before, path), at(after, path));
  });
}

/** The part of a path that leads somewhere: a field that is missing, or a reading of it, does not. @param {any} document @param {string[]} path */
function heldPart(document, path) {
  let length = path.length;
  while (length && at(document, path.slice(0, length)) === undefined) length -= 1;
  return path.slice(0, length);
}
