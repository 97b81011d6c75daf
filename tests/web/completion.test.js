/** What is put in stands at the cursor, beside what was written, as often as one likes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { insert, mentioned, openGaps, opening, search, triggerAt } from "../../web/desk/composer/insert/completion.js";

const BOTH = ["/", "@"];
/** @param {string} text `|` is the cursor */
const trigger = (text) => triggerAt(text.replace("|", ""), text.indexOf("|"), BOTH);

for (const [text, query] of /** @type {[string, string | null][]} */ ([
  ["/|", ""], ["Ciao /tra|", "tra"], ["Ciao /tra", null], ["/in viaggio|", "in viaggio"], ["1/2|", null], ["e/o|", null],
  ["http://a|", null], ["Ciao\n/x|", "x"], ["Ciao\n/x\n|", null], ["(/x|", "x"], ["/ |", null], ["vedi @mar|", "mar"],
  ["a@b.it|", null], ["/uno due tre quattro cinque|", null], [`${"x".repeat(60)} /tra|`, "tra"], ["/a /b|", "b"],
])) test(`in "${text}" is looked for ${JSON.stringify(query)}`, () => {
  assert.equal(text.includes("|") ? trigger(text)?.query ?? null : triggerAt(text, 2, BOTH)?.query ?? null, query);
});

test("a sign that means nothing here opens nothing", () => {
  assert.equal(triggerAt("@mar", 4, ["/"]), null);
});

test("several canned replies stand one after the other, and nothing is replaced", () => {
  const first = triggerAt("Gentile Giulia, /sal", 20, BOTH);
  assert.ok(first);
  const one = insert("Gentile Giulia, /sal", first, "grazie di averci scritto.");
  assert.deepEqual(one, { text: "Gentile Giulia, grazie di averci scritto.", cursor: 41 });
  const more = `${one.text} /pacco e poi`;
  const second = triggerAt(more, 48, BOTH);
  assert.ok(second);
  assert.equal(insert(more, second, "Il pacco arriva.").text, "Gentile Giulia, grazie di averci scritto. Il pacco arriva. e poi");
});

test("they are found by words of title and text, however written", () => {
  const all = [
    { title: "Saluti", text: "A presto!" }, { title: "Pacco in viaggio", text: "È partito" }, { title: "Reso", text: "Il pacco torna" },
  ];
  const titles = (/** @type {string} */ query) => search(all, query).map((one) => one.title);
  assert.deepEqual(titles("PACCO"), ["Pacco in viaggio", "Reso"]);
  assert.deepEqual(titles("e partito viaggio"), ["Pacco in viaggio"]);
  assert.deepEqual(titles(""), ["Saluti", "Pacco in viaggio", "Reso"]);
  assert.deepEqual(titles("niente"), []);
});

test("the button's sign begins a word", () => {
  assert.equal(opening("Ciao", 4, "/"), " /");
  assert.equal(opening("Ciao ", 5, "/"), "/");
  assert.equal(opening("", 0, "/"), "/");
});

test("told are those who are still named, each once", () => {
  const chosen = [{ agent_id: "1", name: "Marco" }, { agent_id: "2", name: "Anna Rossi" }, { agent_id: "1", name: "Marco" }];
  assert.deepEqual(mentioned("@Marco guarda, @Marco!", chosen), ["1"]);
  assert.deepEqual(mentioned("@Marcolino e Anna Rossi", chosen), []);
  assert.deepEqual(mentioned("@Anna Rossi: @Marcolino @Marco", chosen), ["1", "2"]);
});

test("a place that nothing is known for blocks as long as it stands", () => {
  assert.deepEqual(openGaps("Gentile {customer_name},", ["{customer_name}", "{agent_name}"]), ["{customer_name}"]);
  assert.deepEqual(openGaps("Gentile Giulia,", ["{customer_name}"]), []);
});
