import assert from "node:assert/strict";
import { test } from "node:test";
import { matches } from "../../web/desk/frame/palette_match.js";

const labels = (query, ...all) => matches(all.map((label) => ({ label })), query).map((one) => one.label);

test("accents and capitals do not matter", () => {
  assert.deepEqual(labels("perche", "Perché no"), ["Perché no"]);
  assert.deepEqual(labels("GIULIA", "giulia"), ["giulia"]);
});

test("what begins so comes first, then words that do, then what holds it", () => {
  assert.deepEqual(labels("ri", "Preferiti", "In ritardo", "Rimandate"), ["Rimandate", "In ritardo", "Preferiti"]);
});

test("every part has to be there, and nothing asked is everything", () => {
  assert.deepEqual(labels("giu what", "Giulia · WhatsApp", "Giulia · Telegram"), ["Giulia · WhatsApp"]);
  assert.deepEqual(labels("", "a", "b"), ["a", "b"]);
});
