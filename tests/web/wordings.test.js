import assert from "node:assert/strict";
import { test } from "node:test";
import { spokenWording, wordingFault } from "../../web/desk/settings/canned/placeholders.js";
import { hasLooseBrace, ownLanguages, places, textFault, withText } from "../../web/desk/settings/texts/wording.js";

test("a wording of a canned reply has the placeholders there are, and braces in pairs", () => {
  assert.equal(wordingFault("Dear {customer_name}, {{so}} {agent_name}"), null);
  assert.deepEqual(wordingFault("Dear {name}"), { kind: "unknown", name: "name" });
  assert.deepEqual(wordingFault("a { b"), { kind: "brace" });
  assert.deepEqual(wordingFault("{}"), { kind: "unknown", name: "" });
});

test("values are said as they stand, on one line", () => {
  assert.equal(spokenWording("{customer_name}: {{x}}", { customer_name: "a\n{agent_name}" }), "a {agent_name}: {x}");
  assert.equal(spokenWording("{agent_name}", {}), "{agent_name}");
});

test("a text uses the places it may, and a button stays short", () => {
  assert.deepEqual(places("{wait} {position} {wait} {no-place}"), ["wait", "position"]);
  assert.equal(textFault("handoff", "Bye", []), null);
  assert.deepEqual(textFault("handoff", "Bye {who}", []), { kind: "unknown", names: ["who"] });
  assert.deepEqual(textFault("talk_to_person_button", "x".repeat(21), []), { kind: "long", most: 20 });
  assert.ok(hasLooseBrace("{by") && !hasLooseBrace("{by}"));
});

test("a text without words of its own is the packaged one, and leaves nothing behind", () => {
  const packaged = { default_language: "it", texts: {} };
  const own = withText(packaged, "it", "handoff", "Arriva un collega.");
  assert.deepEqual(own.texts, { it: { handoff: "Arriva un collega." } });
  assert.deepEqual(ownLanguages(own, "handoff"), ["it"]);
  assert.deepEqual(withText(own, "it", "handoff", "  "), packaged);
});
