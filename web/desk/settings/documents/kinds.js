/** Which kinds of settings there are, who wrote them, and which of them this person may write. */
import { signal } from "@preact/signals";
import { read } from "../../api/api.js";
import { isSaid, t } from "../../language/words.js";

/** @typedef {{kind: string, version: number, author: string | null, written_at: string | null, may_write: boolean}} Kind */

/** @type {import("@preact/signals").Signal<Map<string, Kind> | null>} */
export const kinds = signal(null);

export async function loadKinds() {
  const { kinds: all } = await read("/settings");
  kinds.value = new Map(all.map((/** @type {Kind} */ one) => [one.kind, one]));
}

/** @param {string} kind */
export const mayWrite = (kind) => kinds.value?.get(kind)?.may_write ?? false;

/** What people call it; a kind of a later version goes by its name. @param {string} kind */
export const nameOfKind = (kind) => (isSaid(`kind.${kind}`) ? t(`kind.${kind}`) : kind.replaceAll("_", " "));
