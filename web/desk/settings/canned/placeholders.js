/** Places in a wording: `{name}`; a brace that is meant as one is written twice. As the API has it. */

export const PLACEHOLDERS = /** @type {const} */ (["customer_name", "customer_first_name", "agent_name", "business_name"]);
export const LONGEST_WORDING = 4_000;

const PIECE = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

/** @typedef {{kind: "unknown", name: string} | {kind: "brace"}} Fault */

/** What would be refused. @param {string} wording @returns {Fault | null} */
export function wordingFault(wording) {
  for (const [piece, name] of wording.matchAll(PIECE)) {
    if (piece === "{{" || piece === "}}") continue;
    if (name === undefined) return { kind: "brace" };
    if (!PLACEHOLDERS.includes(/** @type {any} */ (name))) return { kind: "unknown", name: name.slice(0, 40) };
  }
  return null;
}

/**
 * Say a wording; what nothing is known for stands as it is. No brace in a value is read again.
 *
 * @param {string} wording @param {Record<string, string>} values
 */
export function spokenWording(wording, values) {
  return wording.replace(PIECE, (piece, name) => {
    if (name === undefined) return piece.charAt(0);
    return values[name]?.replace(/\s+/g, " ").trim() || piece;
  });
}
