import assert from "node:assert/strict";
import { test } from "node:test";
import { makePage, settled } from "./page.js";

makePage();
const held = new Map();
/** The locks of a browser: one holder of a name at a time, others in line. */
const locks = {
  request(name, { signal }, hold) {
    const turn = (held.get(name) ?? Promise.resolve()).then(() => (signal.aborted ? undefined : hold()));
    held.set(name, turn);
    return turn;
  },
};
Object.defineProperty(globalThis, "navigator", { value: { locks, languages: ["en"] }, configurable: true });
const { signal } = await import("@preact/signals");
const { standFor } = await import("../../web/desk/person/bell.js");

test("one tab has the bell; it goes to the next when the first hears of nothing any more", async () => {
  const [first, second] = [signal(true), signal(true)];
  const [firstHas, secondHas] = [signal(false), signal(false)];
  const stops = [standFor("bell", first, firstHas), standFor("bell", second, secondHas)];
  await settled();
  assert.deepEqual([firstHas.value, secondHas.value], [true, false]);
  first.value = false;
  await settled();
  assert.deepEqual([firstHas.value, secondHas.value], [false, true]);
  first.value = true;
  await settled();
  assert.deepEqual([firstHas.value, secondHas.value], [false, true], "it is not taken from whom has it");
  stops.forEach((stop) => stop());
  await settled();
  assert.deepEqual([firstHas.value, secondHas.value], [false, false]);
});
