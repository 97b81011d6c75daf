/** What stands in the field against what the desk has kept of it: which of the two holds. */

/**
 * `text` is what stands here, `kept` what of it the desk is known to have, `version` that one's.
 *
 * @typedef {{text: string, kept: string, version: number}} Local
 * @typedef {{text: string, version: number, seen_up_to?: number | null}} Kept
 * @typedef {"same" | "take" | "keep" | "offer"} Verdict
 */

/** The longest that the desk keeps. */
const MOST_CHARACTERS = 16_384;

/**
 * `take` what the desk has, where nothing would be lost by it; `keep` what is here and say it to
 * the desk; `offer` what was written on another screen beside what stands here.
 *
 * @param {Local} local @param {Kept} kept @returns {Verdict}
 */
export function reconcile(local, kept) {
  if (kept.version === local.version) return local.text === local.kept ? "same" : "keep";
  if (kept.text === local.text) return "take";
  if (kept.version === 0) return local.text === local.kept ? "take" : "keep"; // sent or thrown away elsewhere
  if (!local.text) return local.kept ? "offer" : "take";
  return local.text === local.kept ? "take" : "offer";
}

/** @typedef {{method: "PUT" | "DELETE" | null, etag: string}} Saving what is to be asked of the desk */

/** @param {Local} local @returns {Saving} */
export function saving({ text, kept, version }) {
  const etag = `"${version}"`;
  if (text === kept || [...text].length > MOST_CHARACTERS) return { method: null, etag };
  if (text) return { method: "PUT", etag };
  return { method: version ? "DELETE" : null, etag };
}
