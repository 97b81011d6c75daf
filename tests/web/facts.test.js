/** Whatever a story may tell has words, in both languages, and its values find their places. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { factOf, FACT_TYPES } from "../../web/desk/conversation/log/facts.js";
import en from "../../web/desk/language/en/conversation.js";
import it from "../../web/desk/language/it/conversation.js";

const EVENTS = new URL("../../layers/sportello/sportello/conversation/events.py", import.meta.url);
const MESSAGES = new Set(["MessageReceived", "MessageQueued", "NoteWritten"]);
const CLOCK = { kind: "first_response", due_at: "2026-03-04T10:05:00Z" };
const at = "2026-03-04T10:00:00Z";

/** The classes of events that a story shows: those that are not marked as hidden. */
function* shownTypes() {
  for (const [, type, body] of readFileSync(EVENTS, "utf8").matchAll(/^class (\w+)\(\w+\):\n((?:    .*\n|\n)+)/gm)) {
    if (body.includes(`type: Literal["${type}"]`) && !/^ {4}hidden = True/m.test(body)) yield type;
  }
}

/** @type {[string, Record<string, any>][]} */
const SAMPLES = [
  ["EpisodeOpened", { number: 1, reopened: false }], ["EpisodeOpened", { number: 2, reopened: false }], ["EpisodeOpened", { number: 2, reopened: true }],
  ...["bot", "queue", "agent", "nobody", "robot"].map((kind) => ["OwnerChanged", { kind, name: "x" }]),
  ["AnswerLost", { reason: "blocked" }], ["AnswerLost", { reason: "blocked", of_part: true }], ["OutOfHoursTold", {}], ["ReplyBudgetExhausted", {}],
  ["HandoffRequested", { queue: "q", reason: "asked_for_person" }], ["HandoffRequested", { queue: "q", reason: "agent_silent", given_up_by: "anna" }],
  ["LadderPostponed", { rings_at: at }], ["LadderPostponed", { rings_at: null }], ["LadderRestarted", { reason: "goes_on" }],
  ["ConversationOffered", { tier: 0, tier_name: "", expires_at: at }], ["OfferDeclined", { agent_id: "anna" }], ["OfferEnded", { outcome: "expired" }],
  ["AgentOffered", { agent_id: "anna", expires_at: at }], ["AgentOffered", { agent_id: "anna", transferred_by: "marco", expires_at: at }],
  ["AgentOfferEnded", { agent_id: "anna", outcome: "declined" }], ["AgentOfferEnded", { agent_id: "anna", outcome: "withdrawn", taken_by: "marco" }],
  ["AgentAssigned", { agent_id: "anna" }], ["ConversationTransferred", { agent_id: "anna", queue: "q" }], ["ConversationTransferred", { agent_id: "anna", queue: "q", to_agent: "marco" }],
  ["ConversationTakenOver", { agent_id: "anna" }], ["ConversationTakenOver", { agent_id: "anna", from_agent: "marco" }], ["ConsultRequested", { agent_id: "anna", colleague: "marco" }],
  ["ColleaguesMentioned", { colleagues: ["marco"] }], ["ColleaguesMentioned", { colleagues: ["marco", "sofia"] }], ["UndeliveredAcknowledged", { agent_id: "anna" }],
  ["TagsChanged", { agent_id: "anna", tags: ["vip"] }], ["TagsChanged", { agent_id: "", tags: ["vip"] }], ["TagsChanged", { agent_id: "anna", tags: [] }],
  ["MacroCarriedOut", { agent_id: "anna", macro: "m" }], ["ChannelChangePromised", { agent_id: "anna", way: "call", within_seconds: 1800 }],
  ["LadderExhausted", { again_at: at }], ["LadderExhausted", { again_at: null }], ["ClockStarted", { clock: CLOCK }], ["ClockStarted", { clock: { ...CLOCK, due_at: null } }],
  ["ClockChanged", { clock: CLOCK, reason: "policy" }], ["ClockChanged", { clock: { ...CLOCK, due_at: null }, reason: "snoozed" }],
  ["ClockAdvanced", { kind: "promise", state: "imminent", due_at: at }], ["ClockAdvanced", { kind: "promise", state: "breaching", due_at: at }],
  ["ClockEnded", { kind: "promise", state: "achieved", ending: "kept" }], ["ClockReopened", { clock: CLOCK }], ["ClockReopened", { clock: { ...CLOCK, due_at: null } }],
  ["ConversationSnoozed", { agent_id: "anna", until: at }], ["SnoozeEnded", { agent_id: "" }], ["SnoozeEnded", { agent_id: "anna" }],
  ["ConversationClassified", { agent_id: "", priority: "high", segment: "" }], ["ConversationClassified", { agent_id: "anna", priority: "high", segment: "" }],
  ["ConversationClassified", { agent_id: "", priority: "high", segment: "gold" }], ["ConversationClassified", { agent_id: "anna", priority: "high", segment: "gold" }],
  ["WaitAnnounced", { wait: { position: 2, low_seconds: 60, high_seconds: 300 } }], ["WaitAnnounced", { wait: null }],
  ["ConversationMoved", { moved_to: "x" }], ["ConversationJoined", { conversation_id: "x" }], ["ConversationResolved", { agent_id: "anna" }], ["ConversationResolved", { agent_id: "" }],
  ["ConversationReturned", { agent_id: "anna" }], ["UnknownEvent", { type: "Later" }],
  ...["handle_change", "revoke", "edit", "reaction", "later"].map((kind) => ["ItemNoted", { kind, item_id: "i" }]),
  ["ItemNoted", { kind: "reaction", item_id: "i", refers_to: { text: "x" } }], ["Never", {}],
];

const factFrom = ([type, detail]) => factOf({ at, type, author: "customer", text: "👍", detail });

test("every event that a story shows has words", () => {
  const types = [...shownTypes()];
  assert.ok(types.length > 30);
  const missing = types.filter((type) => !MESSAGES.has(type) && !FACT_TYPES.includes(type));
  assert.deepEqual(missing, []);
});

test("each fact is said in both languages with the values that it has", () => {
  for (const sample of SAMPLES) {
    const { key, values } = factFrom(sample);
    for (const words of [en, it]) {
      const text = words[key] ?? words[`${key}.other`];
      assert.ok(text, `${sample[0]}: ${key}`);
      for (const [, name] of text.matchAll(/\{(\w+)\}/g)) assert.ok(name in values, `${key} lacks ${name}`);
    }
  }
});

test("each type is among the samples", () => {
  assert.deepEqual(FACT_TYPES.filter((type) => !SAMPLES.some(([sample]) => sample === type)), []);
});

test("what nobody knows yet says so", () => {
  assert.deepEqual(factFrom(["Never", {}]).values, { type: "Never" });
  assert.equal(factFrom(["UnknownEvent", { type: "Later" }]).key, "fact.later_version");
});

test("a word of the API's without words here is said as itself", () => {
  assert.deepEqual(factFrom(["HandoffRequested", { queue: "q", reason: "brand_new" }]).values.reason, { words: ["reason.brand_new"], or: "brand_new" });
});

test("the words of refusals and of clocks are those of the API", () => {
  const python = (file) => readFileSync(new URL(`../../layers/sportello/sportello/${file}`, import.meta.url), "utf8");
  const of = (source, name) => [...(source.match(new RegExp(`class ${name}\\(StrEnum\\):[\\s\\S]*?(?=\\n\\n\\n|\\n    @)`)) ?? [""])[0].matchAll(/^ {4}[A-Z_]+ = "(\w+)"/gm)].map((match) => match[1]);
  const clocks = python("sla/clocks.py");
  const groups = {
    clock: of(clocks, "ClockKind"), clock_state: of(clocks, "ClockState"), ending: of(clocks, "ClockEnding"), changed: of(clocks, "ClockChange"),
    outcome: of(python("conversation/events.py"), "OfferOutcome"), ladder: of(python("conversation/events.py"), "RestartReason"),
    reason: of(python("bot/triage.py"), "HandoffReason"), "routing.reason": of(python("routing/choice.py"), "Reason"), why: of(python("hours/opening_hours.py"), "Reason"),
    refused: [...python("messaging/refusals.py").matchAll(/_explained\(\n?\s*"(\w+)"/g)].map((match) => match[1]),
    remedy: of(python("messaging/refusals.py"), "Remedy").filter((one) => !["rewrite", "write_again"].includes(one)),
  };
  for (const [group, words] of Object.entries(groups)) {
    assert.ok(words.length > 1, group);
    for (const word of words) assert.ok(`${group}.${word}` in en, `${group}.${word}`);
  }
});
