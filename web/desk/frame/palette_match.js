/** Which of many entries a few letters mean: words that begin so first, whatever their accents. */
import { plain } from "../language/letters.js";

/** @template {{label: string}} T @param {readonly T[]} entries @param {string} query @returns {T[]} */
export function matches(entries, query) {
  const parts = plain(query).split(/\s+/).filter(Boolean);
  return entries
    .map((entry, index) => ({ entry, index, rank: rankOf(plain(entry.label), parts) }))
    .filter(({ rank }) => rank !== null)
    .sort((one, other) => Number(one.rank) - Number(other.rank) || one.index - other.index)
    .map(({ entry }) => entry);
}

/** @param {string} label @param {string[]} parts @returns {number | null} */
function rankOf(label, parts) {
  let rank = 0;
  for (const part of parts) {
    const at = label.indexOf(part);
    if (at < 0) return null;
    rank += at === 0 ? 0 : /\s/u.test(label[at - 1] ?? "") ? 1 : 2;
  }
  return rank;
}
