import assert from "node:assert/strict";
import { test } from "node:test";
import { begun, withNewer, withOlder } from "../../web/desk/conversation/story.js";

const entry = (key) => ({ at: "2026-03-04T10:00:00Z", type: "MessageSent", author: "agent", text: key, detail: { effect_key: key, status: "queued" } });
const page = (keys, sequence, changed = {}) => ({ entries: keys.map(entry), older: null, newer: null, sequence, changed: [], ...changed });
const texts = (story) => story.entries.map((one) => one.text);

test("a story grows at both ends, and each entry stands once", () => {
  const story = withNewer(withOlder(begun(page(["c"], 3, { older: 2 })), page(["a", "b"], 2)), page(["d"], 4));
  assert.deepEqual(texts(story), ["a", "b", "c", "d"]);
  assert.equal(story.sequence, 4);
  assert.equal(story.older, null);
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
