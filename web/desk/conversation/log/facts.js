/**
 * What happened in a conversation, as words to say and what to put into them. Pure: who says them
 * (`said.js`) knows names, times and the agent's language.
 */

/** @typedef {import("../../api/shapes.d.ts").Entry} Entry */
/**
 * A name of a person (`by`: as who does something), an instant, a span of seconds, or further words:
 * the first of `words` that there are, else `or`.
 *
 * @typedef {string | number | {by: string} | {at: string} | {span: number} | {words: string[], or: string}} Value
 * @typedef {{key: string, values: Record<string, Value>, minor: boolean, late?: boolean}} Fact
 */

/** @param {string} key @param {Record<string, Value>} [values] @returns {Fact} */
const main = (key, values = {}) => ({ key: `fact.${key}`, values, minor: false });
/** What matters to who asks how it went, and to nobody else. @param {string} key @param {Record<string, Value>} [values] @returns {Fact} */
const minor = (key, values = {}) => ({ key: `fact.${key}`, values, minor: true });

/** A word of the API's, as itself where we have none for it. @param {string} key @param {unknown} value */
const word = (key, value) => ({ words: [key], or: String(value ?? "") });
/** @param {any} id */
const by = (id) => ({ by: String(id ?? "") });
/** @param {any} instant */
const at = (instant) => ({ at: String(instant) });

/** @type {Record<string, (detail: Record<string, any>, entry: Entry) => Fact>} */
const FACTS = {
  EpisodeOpened: ({ number, reopened }) => reopened ? main("reopened") : number > 1 ? main("new_matter") : minor("first_matter"),
  ItemNoted: noted,
  OwnerChanged: ({ kind, name }) => kind === "agent" ? main("owner.agent", { who: by(name) })
    : kind === "queue" ? minor("owner.queue", { queue: name })
    : kind === "bot" ? minor("owner.bot") : kind === "nobody" ? minor("owner.nobody") : minor("owner.other", { kind }),
  AnswerLost: ({ reason, of_part }) =>
    ({ ...main(of_part ? "answer_lost.part" : "answer_lost", { reason: word(`refused.${reason}`, reason) }), late: true }),
  OutOfHoursTold: () => main("told_closed"),
  ReplyBudgetExhausted: () => main("reply_budget"),
  // Who handed it on, and to whom, is told by that.
  HandoffRequested: ({ reason, queue, given_up_by }) => given_up_by
    ? (reason === "transferred" ? minor : main)("handoff.given_up", { who: by(given_up_by), queue, reason: word(`reason.${reason}`, reason) })
    : main("handoff", { queue, reason: word(`reason.${reason}`, reason) }),
  LadderPostponed: ({ rings_at }) => rings_at ? minor("ladder.postponed", { when: at(rings_at) }) : minor("ladder.postponed_open"),
  LadderRestarted: ({ reason }) => minor("ladder.restarted", { reason: word(`ladder.${reason}`, reason) }),
  ConversationOffered: ({ tier, tier_name, expires_at }) =>
    minor("ladder.rings", { tier: tier_name || String(Number(tier) + 1), when: at(expires_at) }),
  OfferDeclined: ({ agent_id }) => minor("declined", { who: by(agent_id) }),
  OfferEnded: ({ outcome }) => minor("ladder.ended", { outcome: word(`outcome.${outcome}`, outcome) }),
  AgentOffered: ({ agent_id, transferred_by, expires_at }) => transferred_by
    ? minor("offered.by_hand", { who: by(agent_id), chosen: by(transferred_by), when: at(expires_at) })
    : minor("offered", { who: by(agent_id), when: at(expires_at) }),
  AgentOfferEnded: ({ agent_id, outcome, taken_by }) => taken_by && taken_by !== agent_id
    ? minor("offer_ended.taken", { who: by(agent_id), other: by(taken_by) })
    : minor("offer_ended", { who: by(agent_id), outcome: word(`outcome.${outcome}`, outcome) }),
  AgentAssigned: ({ agent_id }) => main("assigned", { who: by(agent_id) }),
  ConversationTransferred: ({ agent_id, queue, to_agent }) => to_agent
    ? main("transferred.agent", { who: by(agent_id), other: by(to_agent) })
    : main("transferred.queue", { who: by(agent_id), queue }),
  ConversationTakenOver: ({ agent_id, from_agent }) => from_agent
    ? main("taken_over.from", { who: by(agent_id), other: by(from_agent) }) : main("taken_over", { who: by(agent_id) }),
  ConsultRequested: ({ agent_id, colleague }) => main("consulted", { who: by(agent_id), other: by(colleague) }),
  ColleaguesMentioned: ({ colleagues }) => colleagues?.length === 1
    ? minor("mentioned.one", { who: by(colleagues[0]) }) : minor("mentioned.other", { count: colleagues?.length ?? 0 }),
  UndeliveredAcknowledged: ({ agent_id }) => main("seen_to", { who: by(agent_id) }),
  TagsChanged: ({ agent_id, tags }) => !tags?.length ? main("tags.none")
    : agent_id ? main("tags.by", { tags: tags.join(", "), who: by(agent_id) }) : main("tags", { tags: tags.join(", ") }),
  MacroCarriedOut: ({ agent_id, macro }) => main("macro", { macro, who: by(agent_id) }),
  ChannelChangePromised: ({ agent_id, way, within_seconds }) =>
    main("promised", { way: word(`way.${way}`, way), who: by(agent_id), within: { span: Number(within_seconds) } }),
  LadderExhausted: ({ again_at }) => again_at ? main("ladder.exhausted", { when: at(again_at) }) : main("ladder.over"),
  ClockStarted: ({ clock }) => clockFact("clock.started", clock),
  ClockChanged: ({ clock, reason }) => clock?.due_at
    ? minor("clock.changed", { clock: word(`clock.${clock.kind}`, clock.kind), why: word(`changed.${reason}`, reason), when: at(clock.due_at) })
    : minor("clock.paused", { clock: word(`clock.${clock?.kind}`, clock?.kind), why: word(`changed.${reason}`, reason) }),
  ClockAdvanced: ({ kind, state, due_at }) => state === "breaching"
    ? { ...main("clock.late", { clock: word(`clock.${kind}`, kind) }), late: true }
    : minor("clock.soon", { clock: word(`clock.${kind}`, kind), when: at(due_at) }),
  ClockEnded: ({ kind, state, ending }) =>
    minor("clock.ended", { clock: word(`clock.${kind}`, kind), how: word(`clock_state.${state}`, state), why: word(`ending.${ending}`, ending) }),
  ClockReopened: ({ clock }) => clockFact("clock.reopened", clock),
  ConversationSnoozed: ({ agent_id, until }) => main("snoozed", { who: by(agent_id), when: at(until) }),
  SnoozeEnded: ({ agent_id }) => agent_id ? main("unsnoozed.by", { who: by(agent_id) }) : main("unsnoozed"),
  ConversationClassified: ({ agent_id, priority, segment }) => {
    const values = { priority: word(`priority.${priority}`, priority), segment: segment ?? "", who: by(agent_id) };
    return main(`classified${segment ? ".segment" : ""}${agent_id ? ".by" : ""}`, values);
  },
  WaitAnnounced: ({ wait }) => wait
    ? minor("wait_told", { position: wait.position, low: { span: wait.low_seconds }, high: { span: wait.high_seconds } })
    : minor("wait_unknown"),
  ConversationMoved: () => main("moved"),
  ConversationJoined: () => main("joined"),
  ConversationResolved: ({ agent_id }) => agent_id ? main("resolved.by", { who: by(agent_id) }) : main("resolved"),
  ConversationReturned: ({ agent_id }) => main("returned", { who: by(agent_id) }),
  UnknownEvent: ({ type }) => main("later_version", { type: String(type ?? "") }),
};

/** The types of entries that there are words for. */
export const FACT_TYPES = Object.keys(FACTS);

/** What is said of an entry that is no message. @param {Entry} entry @returns {Fact} */
export function factOf(entry) {
  const words = FACTS[entry.type];
  return words ? words(entry.detail, entry) : main("unknown", { type: entry.type });
}

/** @param {Record<string, any>} detail @param {Entry} entry changes whose message is further up */
function noted(detail, { author, text }) {
  const who = { words: [`author.${author}`], or: author };
  const original = String(detail.refers_to?.text ?? "");
  switch (detail.kind) {
    case "handle_change": return main("handle_change");
    case "revoke": return main("withdrew", { who });
    case "edit": case "echo": return main("edited", { who, text });
    case "reaction": return !text ? minor("reaction.back", { who })
      : original ? main("reaction.to", { who, emoji: text, original }) : main("reaction", { who, emoji: text });
    default: return main("unknown", { type: String(detail.kind) });
  }
}

/** @param {string} key @param {Record<string, any> | undefined} clock */
function clockFact(key, clock) {
  const values = { clock: word(`clock.${clock?.kind}`, clock?.kind) };
  return clock?.due_at ? minor(key, { ...values, when: at(clock.due_at) }) : minor(`${key}_paused`, values);
}
