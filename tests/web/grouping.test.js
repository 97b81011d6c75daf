import assert from "node:assert/strict";
import { test } from "node:test";
import { blocksOf } from "../../web/desk/conversation/log/grouping.js";

const message = (id, at, detail = {}) => ({ at, type: "MessageReceived", author: "customer", text: id, detail: { item_id: id, kind: "message", ...detail } });
const reply = (id, at, agent = "anna") => ({ at, type: "MessageQueued", author: "agent", text: id, detail: { effect_key: id, agent_id: agent } });
const fact = (type, at, detail = {}) => ({ at, type, author: "", text: "", detail });
const kinds = (blocks) => blocks.map((block) => block.kind);

test("each day begins with its name", () => {
  const blocks = blocksOf([message("a", "2026-03-04T10:00:00Z"), message("b", "2026-03-04T11:00:00Z"), message("c", "2026-03-06T10:00:00Z")]);
  assert.deepEqual(kinds(blocks), ["day", "message", "message", "day", "message"]);
});

test("what one says within five minutes stands together, whoever else is silent", () => {
  const follows = blocksOf([
    message("a", "2026-03-04T10:00:00Z"), message("b", "2026-03-04T10:04:00Z"), message("c", "2026-03-04T10:20:00Z"),
    reply("d", "2026-03-04T10:21:00Z"), reply("e", "2026-03-04T10:22:00Z", "marco"),
  ]).filter((block) => block.kind === "message").map((block) => block.follows);
  assert.deepEqual(follows, [false, true, false, false, false]);
});

test("facts that follow one another stand together and part a run", () => {
  const blocks = blocksOf([
    message("a", "2026-03-04T10:00:00Z"), fact("HandoffRequested", "2026-03-04T10:00:01Z", { queue: "default", reason: "asked_for_person" }),
    fact("OwnerChanged", "2026-03-04T10:00:01Z", { kind: "queue", name: "default" }), message("b", "2026-03-04T10:01:00Z"),
  ]);
  assert.deepEqual(kinds(blocks), ["day", "message", "facts", "message"]);
  assert.equal(blocks[2].told.length, 2);
  assert.equal(blocks[3].follows, false);
});

test("the line of what is new stands before the message named", () => {
  const blocks = blocksOf([message("a", "2026-03-04T10:00:00Z"), message("b", "2026-03-04T10:01:00Z")], "item:b");
  assert.deepEqual(kinds(blocks), ["day", "message", "unread", "message"]);
});

test("no two blocks have one key, also where the same happened twice at one moment", () => {
  const twice = fact("TagsChanged", "2026-03-04T10:00:00Z", { tags: [] });
  const blocks = blocksOf([twice, message("a", "2026-03-04T10:00:00Z"), twice, { ...twice }]);
  const keys = blocks.flatMap((block) => (block.kind === "facts" ? block.told.map((one) => one.key) : [block.key]));
  assert.equal(new Set(keys).size, keys.length);
});

test("a change of the customer's number is no message of theirs", () => {
  assert.deepEqual(kinds(blocksOf([message("a", "2026-03-04T10:00:00Z", { kind: "handle_change" })])), ["day", "facts"]);
});

test("whose it is now is of no interest beside who took it over", () => {
  const { told } = blocksOf([
    fact("ConversationTakenOver", "2026-03-04T10:00:00Z", { agent_id: "sofia", from_agent: "anna" }),
    fact("OwnerChanged", "2026-03-04T10:00:00Z", { kind: "agent", name: "sofia" }), fact("OwnerChanged", "2026-03-04T10:01:00Z", { kind: "agent", name: "marco" }),
  ])[1];
  assert.deepEqual(told.map((one) => one.fact.minor), [false, true, false]);
});
