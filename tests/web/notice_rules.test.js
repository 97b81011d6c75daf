import assert from "node:assert/strict";
import { test } from "node:test";
import { noticeKey } from "../../web/desk/frame/notice_rules.js";

test("of a lost answer its writer hears, also when somebody else has the conversation by now", () => {
  assert.equal(noticeKey("message.not_delivered", { agent_id: "marco", written_by: "anna" }, "anna"), "notice.message.not_delivered");
});

test("nobody is told that an answer was theirs which the assistant or a colleague wrote", () => {
  assert.equal(noticeKey("message.not_delivered", { agent_id: "anna", written_by: "" }, "anna"), "notice.message.lost");
  assert.equal(noticeKey("message.not_delivered", { agent_id: "", written_by: "" }, "anna"), "");
  assert.equal(noticeKey("message.not_delivered", { agent_id: "", written_by: "marco" }, "anna"), "");
  assert.equal(noticeKey("message.arrived", { agent_id: "" }, "anna"), "");
});

test("what is about a colleague is theirs, and what is about nobody is for everybody", () => {
  assert.equal(noticeKey("note.mention", { agent_id: "marco" }, "anna"), "");
  assert.equal(noticeKey("note.mention", { agent_id: "anna" }, "anna"), "notice.note.mention");
  assert.equal(noticeKey("clock.breaching", { queue: "default" }, "anna"), "notice.clock.breaching");
});
