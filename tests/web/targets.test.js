import assert from "node:assert/strict";
import { test } from "node:test";
import {
  newPolicy, newTarget, parseShare, policyFaults, policyFor, typedShare, withTarget,
} from "../../web/desk/settings/targets/policies.js";

const chat = { ...newPolicy("chat"), channel_kinds: ["live_chat"] };
const vipChat = { ...newPolicy("vip_chat"), channel_kinds: ["live_chat"], segments: ["vip"] };
const vip = { ...newPolicy("vip"), segments: ["vip"] };
const rest = newPolicy("rest");

const kinds = (/** @type {any[]} */ policies, /** @type {number} */ at, /** @type {any} */ queues = null) =>
  policyFaults(policies, at, queues).map((fault) => fault.kind);

test("the first policy that fits holds", () => {
  const who = { channel_kind: "live_chat", channel: "webchat", queue: "default", priority: "normal", segment: "vip" };
  assert.equal(policyFor([vipChat, chat, rest], who), 0);
  assert.equal(policyFor([vipChat, chat, rest], { ...who, segment: "" }), 1);
  assert.equal(policyFor([vipChat, chat, rest], { ...who, channel_kind: "email" }), 2);
  assert.equal(policyFor([vipChat, chat], { ...who, channel_kind: "email" }), -1);
});

test("the last policy has to fit all", () => {
  assert.deepEqual(kinds([chat, vip], 1), ["last_must_fit_all"]);
  assert.deepEqual(kinds([chat, rest], 1), []);
});

test("a policy behind one that takes all of its customers is never reached", () => {
  assert.deepEqual(policyFaults([chat, vipChat, rest], 1, null), [{ kind: "never_reached", by: "chat" }]);
  assert.deepEqual(kinds([vipChat, chat, rest], 1), []);
  assert.deepEqual(kinds([vip, chat, rest], 1), []);
  assert.deepEqual(kinds([rest, chat, newPolicy("last")], 1), ["never_reached"]);
});

test("names twice, no targets, and queues that there are not, are told", () => {
  assert.deepEqual(kinds([rest, { ...rest, targets: {} }], 1), ["never_reached", "name_twice", "no_targets"]);
  const sales = { ...newPolicy("sales"), queues: ["sales"] };
  assert.deepEqual(kinds([sales, rest], 0, ["default"]), ["no_such_queue"]);
  assert.deepEqual(kinds([sales, rest], 0, null), []);
});

test("targets keep their order, whichever was added last", () => {
  const policy = withTarget(withTarget(rest, "resolution", newTarget(3_600)), "next_response", newTarget(60));
  assert.deepEqual(Object.keys(policy.targets), ["first_response", "next_response", "resolution"]);
  assert.deepEqual(Object.keys(withTarget(policy, "first_response", null).targets), ["next_response", "resolution"]);
});

test("shares are typed in percent", () => {
  assert.deepEqual(["80", "80 %", "92,5", "100", "0"].map(parseShare), [0.8, 0.8, 0.925, 1, 0]);
  assert.deepEqual(["", "101", "-1", "x", "80.555"].map(parseShare), [null, null, null, null, null]);
  assert.deepEqual([0.8, 0.925, 1, 0.29].map(typedShare), ["80", "92.5", "100", "29"]);
});
