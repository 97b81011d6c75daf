import assert from "node:assert/strict";
import { test } from "node:test";
import { ageOf } from "../../web/desk/boards/age.js";

test("figures age in steps of ten seconds", () => {
  assert.deepEqual(ageOf(0, 9_999, 30), { seconds: 0, stale: false });
  assert.deepEqual(ageOf(0, 39_000, 30), { seconds: 30, stale: false });
});

test("after three readings that failed they are not of now any more", () => {
  assert.equal(ageOf(0, 89_000, 30).stale, false);
  assert.equal(ageOf(0, 90_000, 30).stale, true);
  assert.equal(ageOf(0, 90_000, 120).stale, false);
});

test("a clock that was set back makes nothing younger than now", () => {
  assert.deepEqual(ageOf(5_000, 0, 30), { seconds: 0, stale: false });
});
