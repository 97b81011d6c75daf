import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

/** @type {Map<string, string>} */
const kept = new Map();
globalThis.localStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
const { firstUnread, keepMark, keptMark, markOf, newerThan } = await import("../../web/desk/conversation/log/unread.js");

const at = (minute) => `2026-03-04T10:${String(minute).padStart(2, "0")}:00Z`;
const theirs = (id, minute) => ({ at: at(minute), type: "MessageReceived", author: "customer", text: id, detail: { item_id: id, kind: "message" } });
const ours = (id, minute, author = "agent") => ({ at: at(minute), type: "MessageQueued", author, text: id, detail: { effect_key: id } });
const fact = (minute) => ({ at: at(minute), type: "TagsChanged", author: "", text: "", detail: { tags: [] } });

beforeEach(() => kept.clear());

test("the line stands before the first message since one stopped reading", () => {
  const entries = [theirs("a", 0), ours("b", 1), theirs("c", 2), fact(3), theirs("d", 4)];
  assert.equal(firstUnread(entries, markOf(entries.slice(0, 3))), "item:d");
  assert.equal(firstUnread(entries, markOf(entries)), "");
});

test("who was never here finds it after our last answer, not after an automatic one", () => {
  assert.equal(firstUnread([theirs("a", 0), ours("b", 1), theirs("c", 2), theirs("d", 3)], null), "item:c");
  assert.equal(firstUnread([theirs("a", 0), ours("b", 1, "bot"), theirs("c", 2), ours("d", 3, "system")], null), "item:c");
});

test("a story that nobody has answered or read has no line", () => {
  assert.equal(firstUnread([theirs("a", 0), theirs("b", 1)], null), "");
  assert.equal(firstUnread([], null), "");
});

test("a mark on a page that is not here is found by its time", () => {
  const entries = [theirs("a", 0), theirs("b", 5), theirs("c", 9)];
  assert.equal(firstUnread(entries, { name: "item:gone", at: at(4) }), "item:b");
  assert.equal(newerThan(entries, { name: "item:gone", at: at(4) }), 2);
});

test("notes and answers of ours are counted as new, and facts are not", () => {
  const entries = [theirs("a", 0), fact(1), ours("b", 2), theirs("c", 3)];
  assert.equal(newerThan(entries, markOf(entries.slice(0, 1))), 2);
});

test("how far one read is kept for the conversations read last", () => {
  for (let number = 0; number < 320; number += 1) keepMark("anna", `c${number}`, { name: `item:${number}`, at: at(0) });
  assert.equal(keptMark("anna", "c319").name, "item:319");
  assert.equal(keptMark("anna", "c20").name, "item:20");
  assert.equal(keptMark("anna", "c19"), null);
  assert.equal(keptMark("bruno", "c319"), null);
});

test("storage that fails or holds nonsense keeps nobody from reading", () => {
  kept.set("sportello.of.anna.read", "{nonsense");
  assert.equal(keptMark("anna", "a"), null);
  globalThis.localStorage = { getItem: () => { throw new Error("forbidden"); }, setItem: () => { throw new Error("full"); } };
  keepMark("anna", "a", { name: "item:1", at: at(0) });
  assert.equal(keptMark("anna", "a"), null);
});
