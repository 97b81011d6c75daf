import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.localStorage = { getItem: () => null, setItem: () => undefined };
const { shortcutFor } = await import("../../web/desk/page/keys.js");

const press = (key, held = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });
const one = (keys, more = {}) => ({ keys, label: keys, act: () => undefined, ...more });

test("single letters act only while nobody types, and can be switched off", () => {
  const active = [one("r")];
  assert.equal(shortcutFor(press("r"), active, false, true), active[0]);
  assert.equal(shortcutFor(press("r"), active, true, true), undefined);
  assert.equal(shortcutFor(press("r"), active, false, false), undefined);
});

test("a modifier that the browser or the keyboard owns is never taken", () => {
  const active = [one("r")];
  assert.equal(shortcutFor(press("r", { ctrlKey: true }), active, false, true), undefined);
  assert.equal(shortcutFor(press("r", { altKey: true }), active, false, true), undefined);
});

test("Ctrl and Cmd with K act while somebody types", () => {
  const active = [one("Ctrl+k", { always: true })];
  assert.equal(shortcutFor(press("k", { ctrlKey: true }), active, true, false), active[0]);
  assert.equal(shortcutFor(press("K", { metaKey: true }), active, true, false), active[0]);
});

test("of two that want one key the later has it", () => {
  const active = [one("e"), one("e")];
  assert.equal(shortcutFor(press("e"), active, false, true), active[1]);
});
