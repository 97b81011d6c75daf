/** Says what a fact is: names, times and words of the agent's language put in. */
import { nameOf } from "../../person/colleagues.js";
import { me } from "../../person/me.js";
import { duration, moment } from "../../language/formats.js";
import { isSaid, t } from "../../language/words.js";

/** @typedef {import("./facts.js").Fact} Fact */
/** @typedef {import("./facts.js").Value} Value */

/** @param {Fact} fact @param {number} now */
export function said({ key, values }, now) {
  return t(key, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, valued(value, now)])));
}

/** Who does something, or to whom something is done: "by you", "to Anna". @param {string} id */
export function whom(id) {
  return id && id === me.value?.agent_id ? t("whom.you") : nameOf(id);
}

/** @param {Value} value @param {number} now */
function valued(value, now) {
  if (typeof value !== "object") return value;
  if ("by" in value) return whom(value.by);
  if ("at" in value) return moment(value.at, now);
  if ("span" in value) return duration(value.span);
  const found = value.words.find(isSaid);
  return found ? t(found) : value.or;
}
