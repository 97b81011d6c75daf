/** What changes in queues and rules, in words. */
import { duration } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { same, steps } from "../documents/pointers.js";
import { rungIn } from "./queues.js";

/** @param {import("../documents/changes/differences.js").Change} change @param {import("../documents/changes/change_words.js").Documents} documents @returns {string | null} */
export function describeQueues(change, { before, after }) {
  const [root, name = "", part] = steps(change.path);
  if (root === "handoff_queue") return t("queues.change.handoff", { name: after.handoff_queue });
  if (root !== "queues" || !name) return null;
  const [old, fresh] = [before.queues?.[name], after.queues?.[name]];
  if (!old || !fresh) return t(fresh ? "queues.change.added" : "queues.change.taken", { name });
  if (part === "calendar") return t("queues.change.calendar", { name, calendar: fresh.calendar });
  if (part === "tiers" && !same(rungIn(old), rungIn(fresh)) && !onlyInside(old, fresh)) {
    return t("queues.change.tiers", { name, tiers: rungIn(fresh).map(tierWords).join(", ") || t("value.nothing") });
  }
  return null;
}

/** Whether the tiers are the same in the same order, and only what is in them differs. @param {any} old @param {any} fresh */
function onlyInside(old, fresh) {
  const names = (/** @type {any} */ queue) => rungIn(queue).map((/** @type {any} */ tier) => tier.name);
  return same(names(old), names(fresh));
}

/** @param {{name: string, seconds: number}} tier */
export const tierWords = ({ name, seconds }) => `${name} (${duration(seconds)})`;

/** @param {import("../documents/changes/differences.js").Change} change @param {import("../documents/changes/change_words.js").Documents} documents @returns {string | null} */
export function describeRules(change, { before, after }) {
  const [root] = steps(change.path);
  if (root !== "rules") return null;
  const names = (/** @type {any} */ document) => (document.rules ?? []).map((/** @type {any} */ rule) => rule.name);
  const [old, fresh] = [names(before), names(after)];
  if (same(old, fresh)) return null;
  return t("rules.change.order", { rules: fresh.join(", ") || t("value.nothing") });
}
