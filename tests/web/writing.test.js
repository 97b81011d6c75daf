import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { makePage } from "./page.js";

makePage();
const { me } = await import("../../web/desk/person/me.js");
const { colleagues } = await import("../../web/desk/person/colleagues.js");
const { sessionState } = await import("../../web/desk/session/session.js");
const { giveBack, kindOf, chooseKind, writeAnew, writingOf } = await import("../../web/desk/composer/writing.js");
const { written } = await import("../../web/desk/composer/sending/outbox_items.js");

me.value = { agent_id: "anna", permissions: [] };
sessionState.value = "in";
colleagues.value = new Map([["marco", { agent_id: "marco", display_name: "Marco" }]]);
let count = 0;
let id = "";
beforeEach(() => { id = `c${(count += 1)}`; });
const message = (kind, content, more = {}) => written({ id: "m", conversation_id: id, kind, at: 0, content, ...more });

test("what was sent and is taken back stands before what was begun since", () => {
  writingOf(id, "reply").type("e poi", 5);
  giveBack(message("reply", { text: "Buongiorno" }), 9);
  assert.equal(writingOf(id, "reply").now.value.text, "Buongiorno\n\ne poi");
  assert.equal(writingOf(id, "reply").now.value.seen_up_to, 9);
});

test("a file that has not arrived yet is given back too, so that nobody sends the text without it", () => {
  const file = { file_id: "f", name: "scarpa.png", size: 3, media_id: null };
  giveBack(message("reply", { text: "Ecco" }, { files: [file] }), 9);
  assert.deepEqual(writingOf(id, "reply").now.value.files.map((one) => [one.file_id, one.media_id]), [["f", null]]);
});

test("a note that is given back still tells the colleagues that it names", () => {
  giveBack(message("note", { text: "@Marco lo sai?", mentions: ["marco"] }), 9);
  assert.deepEqual(writingOf(id, "note").now.value.mentions, [{ agent_id: "marco", name: "Marco" }]);
  assert.equal(kindOf(id).value, "note");
});

test("a text that did not arrive is written anew as a reply, before what stands there, and once", () => {
  chooseKind(id, "note");
  writingOf(id, "note").type("da controllare", 3);
  writingOf(id, "reply").type("Inoltre", 3);
  writeAnew(id, "Il pacco arriva domani", 8);
  writeAnew(id, "Il pacco arriva domani", 8);
  assert.equal(writingOf(id, "reply").now.value.text, "Il pacco arriva domani\n\nInoltre");
  assert.equal(writingOf(id, "note").now.value.text, "da controllare", "a note stays a note");
  assert.equal(kindOf(id).value, "reply");
});
