import assert from "node:assert/strict";
import { test } from "node:test";
import { mayMove, newStep, possibleSteps, saidBy, stepFault, withReplyRenamed, withStep } from "../../web/desk/settings/canned/macros.js";
import { asName, hasWords, nameFor, renamed, withWords } from "../../web/desk/settings/content/lists.js";
import { titlesTwice, withTitle } from "../../web/desk/settings/tags/names.js";
import { originFault, originOf, originsOf } from "../../web/desk/settings/widget/sites.js";

const first = { queue: "default" };
const [reply, tag, resolve] = [newStep("reply", first), newStep("tag", first), newStep("resolve", first)];

test("names and words are edited without changing what they were", () => {
  assert.deepEqual(Object.keys(renamed({ a: 1, b: 2 }, "a", "z")), ["z", "b"]);
  assert.deepEqual(renamed({ a: 1, b: 2 }, "a", "b"), { a: 1, b: 2 });
  assert.deepEqual(withWords(Object.freeze({ en: "a", it: "b" }), "it", "c"), { en: "a", it: "c" });
  assert.deepEqual(withWords({ en: "a", it: "b" }, "it", " "), { en: "a" });
  assert.equal(nameFor("Dov'è il pacco?", [], "reply"), "dov-e-il-pacco");
  assert.equal(nameFor("???", ["reply"], "reply"), "reply-2");
  assert.deepEqual([" my_tag ", "Reso, cambio", "???"].map(asName), ["my_tag", "reso-cambio", ""]);
});

test("things are found by any of their words, accented or not", () => {
  assert.ok(hasWords("PARCHEGGIO c'e", "C'è un parcheggio?") && !hasWords("resi", "C'è un parcheggio?"));
});

test("a macro replies once, and what ends it comes last", () => {
  assert.deepEqual(possibleSteps([reply, resolve]), ["note", "tag", "classify"]);
  assert.deepEqual(possibleSteps(Array(10).fill(tag)), []);
  assert.deepEqual(withStep([reply, resolve], tag).map((step) => step.do), ["reply", "tag", "resolve"]);
  assert.ok(mayMove([reply, tag, resolve], 0, 1) && !mayMove([reply, tag, resolve], 1, 2) && !mayMove([reply], 0, -1));
});

test("what would be refused of a step is told", () => {
  const known = { replies: ["tracking"] };
  assert.equal(stepFault([resolve, tag], 0, known), "not_last");
  assert.equal(stepFault([reply], 0, known), "no_words");
  assert.equal(stepFault([{ do: "reply", canned: "gone", text: null }], 0, known), "no_reply");
  assert.equal(stepFault([{ do: "reply", canned: "tracking", text: null }], 0, known), null);
  assert.equal(stepFault([tag], 0, known), "no_tags");
  assert.equal(stepFault([{ do: "classify", priority: null, segment: "" }], 0, known), null);
});

test("a canned reply of another name is still the one that macros say", () => {
  const document = {
    business_name: "", replies: { tracking: /** @type {any} */ ({ title: "Where" }) },
    macros: { tracked: /** @type {any} */ ({ title: "On its way", steps: [{ do: "reply", canned: "tracking", text: null }] }) },
  };
  assert.deepEqual(saidBy(document, "tracking"), ["On its way"]);
  const after = withReplyRenamed(document, "tracking", "parcel");
  assert.deepEqual(Object.keys(after.replies), ["parcel"]);
  assert.deepEqual(saidBy(after, "parcel"), ["On its way"]);
});

test("tags that agents cannot tell apart are told", () => {
  const document = { tags: { a: { title: { en: "Order" }, colour: "#000000" }, order: { title: {}, colour: "#000000" } }, free: false };
  assert.deepEqual(titlesTwice(document, "en"), ["a", "order"]);
  assert.deepEqual(titlesTwice(document, "it"), []);
  assert.deepEqual(withTitle(document, "a", "en", " ").tags.a?.title, {});
});

test("a pasted address becomes an origin, and what the API refuses is told", () => {
  assert.deepEqual(originsOf("https://www.example.com/shop?a=1\nexample.com\n\nhttps://example.com"), ["https://www.example.com", "https://example.com"]);
  assert.equal(originOf("http://localhost:8000/x"), "http://localhost:8000");
  assert.equal(originFault("https://www.example.com"), null);
  assert.equal(originFault("http://localhost:8000"), null);
  assert.equal(originFault("http://example.com"), "no_https");
  assert.equal(originFault("ftp://example.com"), "no_https");
  assert.equal(originFault("https://*.example.com"), "no_address");
  assert.equal(originFault("https://example.com/"), "no_path");
  assert.equal(originFault("shop"), "no_address");
});

test("what the API finds wrong with content is said in the agent's language", async () => {
  const { saidOf } = await import("../../web/desk/settings/documents/faults/fault_words.js");
  const said = {
    "Value error, neither white nor dark text can be read on it (contrast 4.5); the nearest colour on which it can is #767676": ["fault.unreadable_colour", { colour: "#767676" }],
    "Value error, the last policy must fit all, so that every conversation has one": ["fault.last_policy", {}],
    "Value error, there is no placeholder 'name'; there are: customer_name, agent_name": ["fault.placeholder", { name: "name", names: "customer_name, agent_name" }],
    "Value error, macro tracked: there is no canned reply gone": ["fault.canned_reply", { name: "gone" }],
    "Value error, text 'handoff' has no value for who": ["fault.no_value", { text: "handoff", names: "who" }],
  };
  for (const [detail, [key, values]] of Object.entries(said)) {
    const found = saidOf(detail);
    assert.equal(found?.key, key, detail);
    for (const [name, value] of Object.entries(values)) assert.equal(found?.values[name], value, detail);
  }
});
