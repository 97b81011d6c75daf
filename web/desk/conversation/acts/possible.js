/** What somebody may ask of a conversation, by whose it is; the API decides in the end. Pure. */

/** @typedef {import("../../api/shapes.d.ts").Conversation} Conversation */
/** @typedef {"accept" | "take_over" | "resolve" | "snooze" | "unsnooze" | "transfer" | "consult" | "return_to_bot" | "priority" | "tags" | "call_back"} Act */
/** @typedef {{agentId: string, may: (permission: string) => boolean}} Asker */

/** @param {Pick<Conversation, "owner" | "lifecycle">} conversation @param {Asker} asker @returns {Set<Act>} */
export function possible({ owner, lifecycle }, { agentId, may }) {
  const isMine = owner.kind === "agent" && owner.name === agentId;
  const isColleagues = owner.kind === "agent" && !isMine;
  const isClosed = lifecycle === "resolved";
  const works = may("work_conversations") && (!isColleagues || may("act_for_colleagues"));
  /** @type {[Act, boolean][]} */
  const all = [
    ["accept", may("work_conversations") && owner.kind === "queue"],
    ["take_over", may("take_over") && owner.kind !== "nobody" && owner.kind !== "queue" && !isMine],
    ["resolve", works && !isClosed],
    ["snooze", works && owner.kind === "agent" && !isClosed],
    ["unsnooze", works && lifecycle === "snoozed"],
    ["transfer", works && owner.kind !== "nobody" && (owner.kind === "agent" || may("act_for_colleagues"))],
    ["consult", works && owner.kind === "agent"],
    ["return_to_bot", works && owner.kind !== "bot" && owner.kind !== "nobody"],
    ["priority", works],
    ["tags", works],
    ["call_back", works],
  ];
  return new Set(all.filter(([, allowed]) => allowed).map(([act]) => act));
}
