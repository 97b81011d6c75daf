/** What was changed and is not saved yet: kept in this tab, so that a reload or an ended session loses nothing. */
import { me } from "../../person/me.js";

/** @typedef {{version: number, draft: any, unfit: Record<string, string>}} Kept `version` is that which was changed */

/** It goes when they sign out, with all that is kept of an agent. @param {string} kind */
const keyOf = (kind) => `sportello.of.${me.peek()?.agent_id ?? ""}.settings.${kind}`;

/** @param {string} kind @returns {Kept | null} */
export function keptDraft(kind) {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(kind)) ?? "null");
  } catch {
    return null;
  }
}

/** @param {string} kind @param {Kept | null} kept @returns {boolean} whether there was room */
export function keepDraft(kind, kept) {
  try {
    if (kept) sessionStorage.setItem(keyOf(kind), JSON.stringify(kept));
    else sessionStorage.removeItem(keyOf(kind));
    return true;
  } catch {
    return false;
  }
}
