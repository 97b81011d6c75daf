/** The page finds in a text what the desk finds in it, and cuts it as the desk does. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { lint } from "../../web/desk/composer/lint/lint.js";
import { splitText } from "../../web/desk/composer/lint/text_splitting.js";

const vectors = JSON.parse(readFileSync(new URL("../vectors/reply_lint.json", import.meta.url), "utf8"));

/** The vectors count code points, JavaScript half pairs. @param {string} text @param {number} place */
const codePoints = (text, place) => [...text.slice(0, place)].length;

for (const { text, rules, findings } of vectors.texts) {
  test(`${rules} judges as the desk does: ${text.slice(0, 40)}`, () => {
    const found = lint(text, vectors.rules[rules]).map((one) =>
      [one.rule, one.severity, codePoints(text, one.start), codePoints(text, one.end), one.words]);
    assert.deepEqual(found, findings);
  });
}

for (const { text, limit, unit, into } of vectors.parts) {
  test(`${limit} ${unit} cut as the desk cuts: ${text.slice(0, 40)}`, () => {
    assert.deepEqual(splitText(text, limit, unit), into);
  });
}

test("no text takes long to judge", () => {
  const began = Date.now();
  for (const text of ["1 ".repeat(8000), "a@".repeat(8000), "{".repeat(16000), "A".repeat(16000), "! ".repeat(8000), "IT60 ".repeat(3000)])
    lint(text, vectors.rules.it_public);
  assert.ok(Date.now() - began < 30_000);
});
