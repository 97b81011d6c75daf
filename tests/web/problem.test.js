import assert from "node:assert/strict";
import { test } from "node:test";
import { makePage } from "./page.js";

makePage();
const { isUnanswered, Problem } = await import("../../web/desk/api/problem.js");

test("without an answer, or with half of one, nobody knows whether it took effect; a refusal had none", () => {
  assert.deepEqual([0, 500, 503].map((status) => isUnanswered(new Problem(status, {}))), [true, true, true]);
  assert.deepEqual([401, 409, 422, 429].map((status) => isUnanswered(new Problem(status, {}))), [false, false, false, false]);
  assert.equal(isUnanswered(new TypeError("ours")), false);
});
