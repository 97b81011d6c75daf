/** What a queue is when nobody says otherwise, and names that are free. Pure. */

/** As the API would fill it in, but with one tier to begin from. */
export const newQueue = () => ({
  calendar: "default",
  routing: {
    assignment: "offer", order: "longest_idle", last_agent_first: true, least_skill: 1,
    skill_relaxed_after_seconds: 120, language_relaxed_after_seconds: 300, overflow: [], offer_seconds: 30,
  },
  tiers: [newTier([])],
  alert_endpoints: [],
  first_pause_seconds: 30,
  longest_pause_seconds: 600,
  promise_when_unanswered: null,
});

/** @param {readonly {name: string}[]} others */
export const newTier = (others) => ({
  name: freeName("tier", others.map((one) => one.name)), endpoints: [], agents: [], supervisors: false, queues: [], ring_seconds: 60,
});

/** @param {string} queue @param {readonly {name: string}[]} others */
export const newRule = (queue, others) => ({ name: freeName("rule", others.map((one) => one.name)), queue });

/** `tier_3` where `tier_1` and `tier_2` are taken. @param {string} stem @param {readonly string[]} taken */
export function freeName(stem, taken) {
  for (let number = taken.length + 1; ; number += 1) {
    if (!taken.includes(`${stem}_${number}`)) return `${stem}_${number}`;
  }
}

/** Who a queue rings, tier by tier. @param {any} queue */
export const rungIn = (queue) => (queue.tiers ?? []).map((/** @type {any} */ tier) => ({ name: tier.name, seconds: tier.ring_seconds ?? 60 }));

/** Whether anybody can be rung for it at all: else its customers are promised nobody. @param {any} queue */
export function ringsSomebody(queue) {
  const tiers = queue.tiers ?? [];
  return tiers.some((/** @type {any} */ tier) => tier.endpoints?.length || tier.queues?.length) || !!queue.alert_endpoints?.length;
}
