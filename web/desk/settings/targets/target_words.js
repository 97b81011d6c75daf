/** Policies in words. */
import { channelName } from "../../inbox/row_view.js";
import { percent } from "../../language/formats.js";
import { isSaid, language, t } from "../../language/words.js";
import { asTyped } from "../content/unread.js";
import { spokenDuration } from "./durations.js";
import { CONDITIONS, fitsAll, TARGET_KINDS } from "./policies.js";

/** @typedef {import("./policies.js").Policy} Policy */

/** @param {number | string} seconds as it stands in the draft */
export const inWords = (seconds) => (typeof seconds === "number" ? spokenDuration(seconds, language.value) : asTyped(seconds) || "?");

/** "80 % within 20 seconds". @param {import("./policies.js").Goal | null} goal */
export function goalWords(goal) {
  if (!goal) return t("targets.no_goal");
  const within = inWords(goal.threshold_seconds);
  if (typeof goal.goal !== "number") return t("targets.measured_only", { within });
  return t("targets.goal.words", { share: percent(goal.goal), within });
}

/** Whom a policy is for. @param {Policy} policy */
export function conditionWords(policy) {
  if (fitsAll(policy)) return t("targets.fits_all");
  return CONDITIONS.filter((condition) => policy[condition].length)
    .map((condition) => policy[condition].map((value) => valueName(condition, value)).join(", ")).join(" · ");
}

/** @param {string} condition @param {string} value */
function valueName(condition, value) {
  if (condition === "channels") return channelName(value);
  const key = { channel_kinds: `channel_kind.${value}`, priorities: `priority.${value}` }[condition];
  return key && isSaid(key) ? t(key) : value;
}

/** What is promised, in a line. @param {Policy} policy */
export function targetsWords(policy) {
  return TARGET_KINDS.filter((kind) => policy.targets[kind])
    .map((kind) => t("targets.target.words", { what: t(`clock_kind.${kind}`), within: inWords(policy.targets[kind]?.seconds ?? "") })).join(" · ");
}

/** @param {import("./policies.js").Fault} fault */
export function policyFaultWords(fault) {
  return t(`targets.fault.${fault.kind}`, { by: "by" in fault ? fault.by : "", queue: "queue" in fault ? fault.queue : "" });
}
