import assert from "node:assert/strict";
import { test } from "node:test";
import { joined, marked, queryOf } from "../../web/desk/search/query.js";

test("what is looked for has two characters at least, and one space between words", () => {
  assert.equal(queryOf("  pacco   rotto "), "pacco rotto");
  assert.equal(queryOf(" a "), "");
  assert.equal(queryOf("😀"), "");
  assert.equal(queryOf("x".repeat(300)).length, 256);
});

test("words are marked whatever their case and accents, and at the beginning of longer ones", () => {
  assert.deepEqual(marked("Perché il PACCO?", "perche pac"), [
    { text: "Perché", found: true }, { text: " il ", found: false }, { text: "PACCO", found: true }, { text: "?", found: false },
  ]);
});

test("a word in the middle of another is not what was looked for", () => {
  assert.deepEqual(marked("impacco", "pacco"), [{ text: "impacco", found: false }]);
});

test("a tag and a text without any of the words are shown as they are", () => {
  assert.deepEqual(marked("Buongiorno", "#vip"), [{ text: "Buongiorno", found: false }]);
  assert.deepEqual(marked("", "vip"), []);
});

test("letters written with a mark of their own keep their places", () => {
  const text = "cafe\u0301 nero";
  assert.deepEqual(marked(text, "café"), [{ text: "cafe\u0301", found: true }, { text: " nero", found: false }]);
});

test("a further page stands behind, each conversation once", () => {
  const hit = (/** @type {string} */ id) => ({ row: { conversation_id: id } });
  assert.deepEqual(joined([hit("a"), hit("b")], [hit("b"), hit("c")]).map((one) => one.row.conversation_id), ["a", "b", "c"]);
});
