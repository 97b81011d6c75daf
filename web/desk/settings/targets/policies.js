/** What a business promises itself, as the settings have it: which policy fits, and what is wrong with their order. */

/** @typedef {{alert_supervisors: boolean, remind_agents: boolean, raise_priority_to: string | null, ring_next_tier: boolean, reassign: boolean}} Actions */
/** @typedef {{seconds: number, warn_after_fraction: number, around_the_clock: boolean, pauses_while: string[], restarts: "anew" | "continued" | "never", at_warning: Actions, at_breach: Actions}} Target */
/** @typedef {{definition: string, threshold_seconds: number, goal: number | null, short_abandon_seconds: number | null}} Goal */
/**
 * @typedef {{name: string, channel_kinds: string[], channels: string[], queues: string[], priorities: string[],
 *   segments: string[], targets: Record<string, Target>, goal: Goal | null}} Policy
 * @typedef {{policies: Policy[]}} PolicyDocument
 */

export const TARGET_KINDS = /** @type {const} */ ([
  "first_response", "next_response", "queue_wait", "agent_silence", "resolution", "first_response_any",
]);
export const RESTARTS = /** @type {const} */ (["anew", "continued", "never"]);
export const PAUSES = /** @type {const} */ (["awaiting_customer", "snoozed"]);
export const CONDITIONS = /** @type {const} */ (["channel_kinds", "channels", "queues", "priorities", "segments"]);
export const MOST_POLICIES = 100;

/** @type {Actions} */
const NOTHING = { alert_supervisors: false, remind_agents: false, raise_priority_to: null, ring_next_tier: false, reassign: false };

/** A target of so many seconds, all else as the API would have it. @param {number} seconds @returns {Target} */
export function newTarget(seconds) {
  const alert = { ...NOTHING, alert_supervisors: true };
  return {
    seconds, warn_after_fraction: 0.8, around_the_clock: false, pauses_while: ["snoozed"], restarts: "anew",
    at_warning: alert, at_breach: alert,
  };
}

/** @param {number} seconds @returns {Goal} */
export function newGoal(seconds) {
  return { definition: "strict", threshold_seconds: seconds, goal: 0.8, short_abandon_seconds: null };
}

/** @param {string} name @returns {Policy} */
export function newPolicy(name) {
  return {
    name, channel_kinds: [], channels: [], queues: [], priorities: [], segments: [],
    targets: { first_response: newTarget(300) }, goal: null,
  };
}

/** @param {Policy} policy */
export const fitsAll = (policy) => CONDITIONS.every((condition) => !policy[condition].length);

/**
 * @typedef {{channel_kind: string, channel: string, queue: string, priority: string, segment: string}} Circumstances
 * @param {readonly Policy[]} policies @param {Circumstances} circumstances
 * @returns {number} the first that fits, -1: none
 */
export function policyFor(policies, circumstances) {
  const asked = {
    channel_kinds: circumstances.channel_kind, channels: circumstances.channel, queues: circumstances.queue,
    priorities: circumstances.priority, segments: circumstances.segment,
  };
  return policies.findIndex((policy) => CONDITIONS.every((condition) =>
    !policy[condition].length || policy[condition].includes(asked[condition])));
}

/** @typedef {{kind: "last_must_fit_all"} | {kind: "never_reached", by: string} | {kind: "name_twice"} | {kind: "no_targets"} | {kind: "no_such_queue", queue: string}} Fault */

/**
 * What is wrong with a policy where it stands.
 *
 * @param {readonly Policy[]} policies @param {number} at
 * @param {readonly string[] | null} queues those there are, null while nobody knows
 * @returns {Fault[]}
 */
export function policyFaults(policies, at, queues) {
  const policy = policies[at];
  if (!policy) return [];
  /** @type {Fault[]} */
  const faults = [];
  const before = policies.slice(0, at).find((earlier) => covers(earlier, policy));
  if (before) faults.push({ kind: "never_reached", by: before.name });
  if (at === policies.length - 1 && !fitsAll(policy)) faults.push({ kind: "last_must_fit_all" });
  if (policies.some((other, place) => place !== at && other.name === policy.name)) faults.push({ kind: "name_twice" });
  if (!Object.keys(policy.targets).length) faults.push({ kind: "no_targets" });
  for (const queue of policy.queues) {
    if (queues && !queues.includes(queue)) faults.push({ kind: "no_such_queue", queue });
  }
  return faults;
}

/** Whether whatever fits a policy fits an earlier one first. @param {Policy} earlier @param {Policy} policy */
function covers(earlier, policy) {
  return CONDITIONS.every((condition) => !earlier[condition].length
    || (policy[condition].length > 0 && policy[condition].every((/** @type {string} */ value) => earlier[condition].includes(value))));
}

/** @param {Policy} policy @param {string} kind @param {Target | null} target null: it is not timed @returns {Policy} */
export function withTarget(policy, kind, target) {
  const { [kind]: _before, ...others } = policy.targets;
  const all = target ? { ...others, [kind]: target } : others;
  const inOrder = TARGET_KINDS.filter((one) => one in all).map((one) => [one, all[one]]);
  return { ...policy, targets: Object.fromEntries(inOrder) };
}

/** A share as it is typed: `80`, `92,5`. @param {string} text @returns {number | null} 0 to 1 */
export function parseShare(text) {
  const typed = /^(\d{1,3})(?:[.,](\d{1,2}))?\s*%?$/.exec(text.trim());
  if (!typed) return null;
  const share = Number(`${typed[1]}.${typed[2] ?? "0"}`);
  return share <= 100 ? Math.round(share * 100) / 10_000 : null;
}

/** @param {number} share */
export const typedShare = (share) => String(Math.round(share * 10_000) / 100);
