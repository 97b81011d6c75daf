import assert from "node:assert/strict";
import { test } from "node:test";
import { earlierTexts, folded, textOf } from "../../web/desk/conversation/log/folding.js";

const at = (minute) => `2026-03-04T10:${String(minute).padStart(2, "0")}:00Z`;
const message = (id, text, detail = {}) => ({ at: at(0), type: "MessageReceived", author: "customer", text, detail: { item_id: id, kind: "message", ...detail } });
const ours = (key, text) => ({ at: at(1), type: "MessageQueued", author: "agent", text, detail: { effect_key: key, status: "read", agent_id: "anna" } });
const noted = (kind, minute, to, text = "", author = "customer") =>
  ({ at: at(minute), type: "ItemNoted", author, text, detail: { item_id: `${kind}${minute}`, kind, refers_to: to } });

test("a change is shown with the message that it is of, and not by itself", () => {
  const entries = folded([message("a", "Mercoledì"), noted("edit", 2, { item_id: "a" }, "Giovedì"), noted("edit", 3, { item_id: "a" }, "Venerdì")]);
  assert.equal(entries.length, 1);
  assert.equal(textOf(entries[0]), "Venerdì");
  assert.deepEqual(earlierTexts(entries[0]).map((one) => one.text), ["Mercoledì", "Giovedì"]);
});

test("a change that the API has put in already counts once, with the text that is cut least", () => {
  const known = message("a", "x", { edits: [{ at: "2026-03-04T10:02:00Z", text: "long te" }] });
  const [entry] = folded([known, noted("edit", 2, { item_id: "a" }, "long text")]);
  assert.deepEqual(entry.detail.edits, [{ at: at(2), text: "long text" }]);
});

test("a change whose message is on another page stays", () => {
  const change = noted("edit", 2, { item_id: "elsewhere", text: "x" }, "y");
  assert.deepEqual(folded([message("a", "x"), change]).at(-1), change);
});

test("of each one's reactions the last counts, and an empty one takes it back", () => {
  const to = { effect_key: "k" };
  const react = (...all) => folded([ours("k", "Buongiorno"), ...all])[0].detail.reactions;
  assert.deepEqual(react(noted("reaction", 2, to, "👍"), noted("reaction", 3, to, "❤️")).map((one) => one.emoji), ["❤️"]);
  assert.deepEqual(react(noted("reaction", 2, to, "👍"), noted("reaction", 3, to, "")), []);
  assert.equal(react(noted("reaction", 2, to, "👍"), noted("reaction", 3, to, "🙏", "business")).length, 2);
});

test("what was taken back is not shown, nor what it had become", () => {
  const [entry] = folded([
    message("a", "secret", { media: [{ media_id: "m" }] }), noted("edit", 2, { item_id: "a" }, "also secret"), noted("revoke", 3, { item_id: "a" }),
  ]);
  assert.equal(textOf(entry), "");
  assert.deepEqual(entry.detail, { item_id: "a", kind: "message", withdrawn_at: at(3) });
  assert.doesNotMatch(JSON.stringify(entry), /secret/);
});

test("an edit that comes after the withdrawal shows nothing again", () => {
  const [entry] = folded([message("a", "x"), noted("revoke", 2, { item_id: "a" }), noted("edit", 3, { item_id: "a" }, "y")]);
  assert.equal(textOf(entry), "");
});

test("a live location is where it was last", () => {
  const change = noted("edit", 2, { item_id: "a" });
  change.detail.location = { latitude: 45, longitude: 9 };
  assert.equal(folded([message("a", "", { location: { latitude: 44, longitude: 9 } }), change])[0].detail.location.latitude, 45);
});

test("what nothing has changed is the same object, so that it is not drawn anew", () => {
  const [one, two] = [message("a", "x"), message("b", "y")];
  const entries = folded([one, two, noted("edit", 2, { item_id: "b" }, "z")]);
  assert.equal(entries[0], one);
  assert.notEqual(entries[1], two);
});
