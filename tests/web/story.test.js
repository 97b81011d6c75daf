import assert from "node:assert/strict";
import { test } from "node:test";
import { begun, withBranches, withNewer, withOlder } from "../../web/desk/conversation/story.js";

const entry = (key) => ({ at: "2026-03-04T10:00:00Z", type: "MessageQueued", author: "agent", text: key, detail: { effect_key: key, status: "queued" } });
const page = (keys, sequence, changed = {}) => ({ entries: keys.map(entry), older: null, newer: null, sequence, changed: [], ...changed });
const texts = (story) => story.entries.map((one) => one.text);

test("a story grows at both ends, and each entry stands once", () => {
  const story = withNewer(withOlder(begun(page(["c"], 3, { older: 2 })), page(["a", "b"], 2)), page(["d"], 4));
  assert.deepEqual(texts(story), ["a", "b", "c", "d"]);
  assert.equal(story.sequence, 4);
  assert.equal(story.older, null);
});

test("what was said before something that is shown stands before it, whichever page it came with", () => {
  const at = (key, place) => ({ ...entry(key), place });
  const story = withNewer(begun({ ...page([], 2), entries: [at("b", "2"), at("d", "4")] }),
    { ...page([], 4), entries: [at("a", "1"), at("c", "3")] });
  assert.deepEqual(texts(story), ["a", "b", "c", "d"]);
});

test("a page that reaches no further than what is shown adds nothing, however often it comes", () => {
  const story = withNewer(begun(page(["a"], 1)), page(["b"], 2));
  assert.deepEqual(texts(withNewer(story, page(["b"], 2))), ["a", "b"]);
  assert.equal(withNewer(story, page([], 1)).sequence, 2);
});

test("what became of a message shows on the message that is there", () => {
  const story = withNewer(begun(page(["a", "b"], 2)), page([], 3, { changed: [{ effect_key: "a", detail: { status: "read" } }] }));
  assert.deepEqual(story.entries.map((one) => one.detail.status), ["read", "queued"]);
  assert.equal(story.entries[0].detail.effect_key, "a");
});

test("a message that arrived after all has no reason of a refusal any more", () => {
  const refused = page(["a"], 1, { changed: [] });
  refused.entries[0].detail = { effect_key: "a", status: "refused", reason: "blocked", words: "…", possible: ["call"] };
  const story = withNewer(begun(refused), page([], 2, { changed: [{ effect_key: "a", detail: { status: "delivered" } }] }));
  assert.deepEqual(story.entries[0].detail, { effect_key: "a", status: "delivered" });
});

test("a message that two pages hold stands once, and what happened beside it stays", () => {
  const fact = { at: "2026-03-04T10:00:00Z", type: "TagsChanged", author: "", text: "", detail: {} };
  const story = withNewer(begun(page(["a"], 1)), { ...page(["a", "b"], 2), entries: [entry("a"), fact, fact, entry("b")] });
  assert.deepEqual(texts(story), ["a", "", "", "b"]);
});

test("the story of a conversation that moved here stands among this one by time", () => {
  const at = (text, minute) => ({ ...entry(text), at: `2026-03-04T10:0${minute}:00Z` });
  const all = withBranches([at("c", 3), at("b", 2), at("e", 5)], [[at("a", 1), at("d", 4), at("f", 6)]]);
  assert.deepEqual(all.map((one) => one.text), ["a", "c", "b", "d", "e", "f"]);
});
