import assert from "node:assert/strict";
import { test } from "node:test";
import {
  entryFaults, faqRows, questionsOf, questionsTwice, titleOf, withChange, withEntryAgain, withEntryMoved, withId,
  withNewEntry, withoutEntry, withPackaged,
} from "../../web/desk/settings/faq/entries.js";

const entry = (/** @type {string} */ id, /** @type {string} */ question, answer = "Sì.") =>
  ({ id, questions: [question], answer, promise: null, holds_for_any: [] });

const shop = () => ({
  entries: {
    it: [entry("parking", "C'è un parcheggio?"), entry("returns", "Posso restituirlo?"), entry("hours", "Quando aprite?")],
    en: [entry("returns", "Can I return it?"), entry("parking", "Is there parking?"), entry("gifts", "Do you wrap gifts?")],
  },
});

const ids = (/** @type {any} */ document, /** @type {string} */ language) =>
  document.entries[language].map((/** @type {any} */ one) => one.id);

test("an entry is one row with all its languages", () => {
  const rows = faqRows(shop());
  assert.deepEqual(rows.map((row) => row.id), ["parking", "returns", "hours", "gifts"]);
  assert.deepEqual(Object.keys(rows[0]?.languages ?? {}), ["it", "en"]);
  assert.equal(rows[0]?.languages.en?.at, 1);
});

test("an id that stands twice in a language loses no entry", () => {
  const document = { entries: { it: [entry("a", "uno"), entry("a", "due")] } };
  const rows = faqRows(document);
  assert.equal(rows.length, 2);
  assert.deepEqual(entryFaults(/** @type {any} */ (rows[1]), "it"), ["id_twice"]);
  assert.deepEqual(withChange(document, rows[1]?.key ?? "", "it", { answer: "No." }).entries.it?.map((one) => one.answer), ["Sì.", "No."]);
});

test("a change touches its language alone, and not what it was made from", () => {
  const before = shop();
  const after = withChange(before, "parking", "en", { answer: "Yes, in via Roma 3." });
  assert.equal(after.entries.en?.[1]?.answer, "Yes, in via Roma 3.");
  assert.deepEqual(before, shop());
  assert.deepEqual(after.entries.it, before.entries.it);
});

test("an entry comes into a language with its first words, and leaves with its last", () => {
  const more = withChange(shop(), "hours", "en", { questions: ["When do you open?"] });
  assert.deepEqual(ids(more, "en"), ["returns", "parking", "gifts", "hours"]);
  const less = withChange(more, "hours", "en", { questions: [] });
  assert.deepEqual(ids(less, "en"), ["returns", "parking", "gifts"]);
});

test("the last language of an entry stays, empty as it is", () => {
  const after = withChange(shop(), "gifts", "en", { questions: [], answer: "" });
  assert.deepEqual(ids(after, "en"), ["returns", "parking", "gifts"]);
  const row = faqRows(after).find((one) => one.id === "gifts");
  assert.deepEqual(entryFaults(/** @type {any} */ (row), "en"), ["no_questions", "no_answer"]);
});

test("what was removed is put back where it stood, even after other changes", () => {
  const { document, removal } = withoutEntry(shop(), "returns");
  assert.deepEqual([ids(document, "it"), ids(document, "en")], [["parking", "hours"], ["parking", "gifts"]]);
  assert.ok(removal);
  assert.deepEqual(withEntryAgain(document, removal), shop());
  const changed = withChange(document, "hours", "it", { answer: "Alle 9." });
  assert.deepEqual(ids(withEntryAgain(changed, removal), "it"), ["parking", "returns", "hours"]);
});

test("an entry moves in every language alike", () => {
  const after = withEntryMoved(shop(), "returns", -1);
  assert.deepEqual([ids(after, "it"), ids(after, "en")], [["returns", "parking", "hours"], ["returns", "parking", "gifts"]]);
  assert.deepEqual(withEntryMoved(shop(), "parking", -1), shop());
});

test("a new entry has an id of its own, and a new name holds in all languages", () => {
  const { document, key } = withNewEntry(shop(), "it", "C'è un parcheggio?");
  assert.equal(key, "c-e-un-parcheggio");
  assert.equal(withNewEntry(document, "it", "Parking").key, "parking-2");
  const after = withId(shop(), "parking", "car-park");
  assert.deepEqual([ids(after, "it")[0], ids(after, "en")[1]], ["car-park", "car-park"]);
});

test("a language without entries of its own is answered as packaged", () => {
  assert.deepEqual(Object.keys(withPackaged(shop(), "it").entries), ["en"]);
});

test("an entry is called by its first question in the reader's language", () => {
  const [parking] = faqRows(shop());
  assert.equal(titleOf(/** @type {any} */ (parking), "en"), "Is there parking?");
});

test("questions are written one a line, each once", () => {
  assert.deepEqual(questionsOf(" a?\n\n b? \na?"), ["a?", "b?"]);
});

test("the same question in two entries is told", () => {
  const document = { entries: { en: [entry("a", "Is there parking?"), entry("b", "is there  parking")] } };
  assert.deepEqual([...questionsTwice(document, "en").values()], [["a", "b"]]);
});
