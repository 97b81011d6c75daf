/** Drafts of settings: places, differences, faults, and two people's changes put together. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { differences } from "../../web/desk/settings/documents/changes/differences.js";
import { faultsAt, faultsLeft, faultsOf } from "../../web/desk/settings/documents/faults/faults.js";
import { saidOf } from "../../web/desk/settings/documents/faults/fault_words.js";
import { merge } from "../../web/desk/settings/documents/changes/merging.js";
import { at, moved, pointer, put, same, steps, take } from "../../web/desk/settings/documents/pointers.js";
import { namesIn, shownLine, wordsIn } from "../../web/desk/settings/documents/typed_words.js";

test("a pointer leads to where its path leads", () => {
  const path = ["a/b", "~", 0, ""];
  assert.equal(pointer(path), "/a~1b/~0/0/");
  assert.deepEqual(steps(pointer(path)), path.map(String));
  assert.deepEqual(steps(""), []);
});

test("a value is put, taken and found without changing the document", () => {
  const before = Object.freeze({ queues: Object.freeze({ sales: Object.freeze({ tiers: Object.freeze([1, 2]) }) }) });
  assert.deepEqual(put(before, ["queues", "sales", "tiers", 1], 9), { queues: { sales: { tiers: [1, 9] } } });
  assert.deepEqual(put(before, ["queues", "new", "calendar"], "x").queues.new, { calendar: "x" });
  assert.deepEqual(take(before, ["queues", "sales", "tiers", 0]), { queues: { sales: { tiers: [2] } } });
  assert.deepEqual(take(before, ["queues", "sales"]), { queues: {} });
  assert.equal(at(before, ["queues", "gone", "tiers"]), undefined);
});

test("a member may have any name", () => {
  const named = put({ a: 1 }, ["__proto__"], 2);
  assert.deepEqual(Object.entries(named), [["a", 1], ["__proto__", 2]]);
  assert.equal(at(named, ["__proto__"]), 2);
  assert.equal(at({}, ["constructor"]), undefined);
});

test("members keep their order when they are written", () => {
  assert.deepEqual(Object.keys(put({ a: 1, b: 2, c: 3 }, ["b"], 5)), ["a", "b", "c"]);
});

test("an element moves by one, and stays at the ends", () => {
  assert.deepEqual(moved(["a", "b", "c"], 0, 1), ["b", "a", "c"]);
  assert.deepEqual(moved(["a", "b", "c"], 0, -1), ["a", "b", "c"]);
  assert.deepEqual(moved(["a", "b", "c"], 2, 1), ["a", "b", "c"]);
});

test("what is typed into a line of words stays as it is, a comma at its end too", () => {
  assert.equal(shownLine("vip,", namesIn("vip,"), namesIn), "vip,");
  assert.deepEqual(namesIn("vip, gold;vip new"), ["vip", "gold", "new"]);
  assert.deepEqual(wordsIn(" order number, parcel,,"), ["order number", "parcel"]);
  assert.equal(shownLine("vip", ["gold", "new"], namesIn), "gold, new");
});

test("a difference is told as the API tells it", () => {
  const before = { queues: { default: { calendar: "default", alert_endpoints: ["desk"] } } };
  const after = { queues: { default: { calendar: "shop", alert_endpoints: [] } }, handoff_queue: "default" };
  assert.deepEqual(differences(before, after), [
    { op: "replace", path: "/queues/default/calendar", value: "shop", was: "default" },
    { op: "remove", path: "/queues/default/alert_endpoints/0", was: "desk" },
    { op: "add", path: "/handoff_queue", value: "default" },
  ]);
});

test("what one of them changed is as they made it", () => {
  const base = { a: 1, b: { c: 2, d: 3 }, list: ["x", "y"] };
  const { merged, contested } = merge(base, { ...base, a: 9 }, { ...base, b: { c: 2, d: 8 }, list: ["y"] });
  assert.deepEqual(merged, { a: 9, b: { c: 2, d: 8 }, list: ["y"] });
  assert.deepEqual(contested, []);
});

test("where both changed the same, mine stands and the place is told", () => {
  const { merged, contested } = merge({ a: { b: 1 } }, { a: { b: 2 } }, { a: { b: 3 } });
  assert.deepEqual(merged, { a: { b: 2 } });
  assert.deepEqual(contested, ["/a/b"]);
});

test("both may add to a list, and take out of it", () => {
  const { merged, contested } = merge(["2026-12-24"], ["2026-12-24", "2026-12-31"], ["2027-01-02"]);
  assert.deepEqual(merged.toSorted(), ["2026-12-31", "2027-01-02"]);
  assert.deepEqual(contested, []);
});

test("elements with names are held against one another by them", () => {
  const base = [{ id: "a", text: "1" }, { id: "b", text: "1" }];
  const mine = [{ id: "b", text: "1" }, { id: "a", text: "2" }];
  const theirs = [{ id: "a", text: "1" }, { id: "b", text: "3" }, { id: "c", text: "1" }];
  const { merged, contested } = merge(base, mine, theirs);
  assert.deepEqual(merged.map((/** @type {any} */ one) => one.id + one.text).toSorted(), ["a2", "b3", "c1"]);
  assert.deepEqual(contested, []);
});

test("what one took out and the other changed is kept, and told", () => {
  const gone = merge({ a: { b: 1 } }, {}, { a: { b: 2 } });
  assert.deepEqual([gone.merged, gone.contested], [{ a: { b: 2 } }, ["/a"]]);
  const kept = merge({ a: { b: 1 } }, { a: { b: 2 } }, {});
  assert.deepEqual([kept.merged, kept.contested], [{ a: { b: 2 } }, ["/a"]]);
});

test("windows of a day are one thing, and never mixed", () => {
  const day = (/** @type {string} */ end) => ({ mon: [["09:00", end], ["14:00", "18:00"]] });
  const { merged, contested } = merge(day("13:00"), day("12:00"), day("13:30"));
  assert.deepEqual(merged, day("12:00"));
  assert.deepEqual(contested, ["/mon"]);
});

test("merging loses nothing that only one of them did, whatever they did", () => {
  let state = 3;
  const next = (/** @type {number} */ below) => ((state = (state * 1103515245 + 12345) & 0x7fffffff) >> 8) % below;
  const some = () => Object.fromEntries(Array.from({ length: next(4) }, () => [["a", "b", "c", "d"][next(4)], next(3)]));
  for (let round = 0; round < 2_000; round += 1) {
    const [base, mine, theirs] = [some(), some(), some()];
    const { merged, contested } = merge(base, mine, theirs);
    for (const name of ["a", "b", "c", "d"]) {
      const [was, my, their, now] = [base, mine, theirs, merged].map((one) => one[name]);
      if (my === their || was === their) assert.equal(now, my);
      else if (was === my) assert.equal(now, their);
      else assert.ok(contested.includes(`/${name}`) && now === (my ?? their));
    }
  }
});

test("the same document merged with itself is itself", () => {
  const one = { a: [{ name: "x" }, { name: "x" }], b: [[1], [2]] };
  assert.ok(same(merge(one, one, one).merged, one));
});

test("faults are those at a place and below it", () => {
  const faults = faultsOf({ errors: [{ pointer: "/a/b", detail: "x" }, { pointer: "/ab", detail: "y" }] });
  assert.deepEqual(faultsAt(faults, "/a").map((one) => one.detail), ["x"]);
  assert.deepEqual(faultsOf({ detail: "whole" }), [{ pointer: "", detail: "whole" }]);
});

test("a fault goes when something else stands where it was", () => {
  const faults = faultsOf({ errors: [{ pointer: "/a", detail: "x" }, { pointer: "/b/missing", detail: "y" }, { pointer: "/c", detail: "z" }] });
  const left = faultsLeft(faults, { a: 1, b: {}, c: 1 }, { a: 2, b: { missing: 1 }, c: 1 });
  assert.deepEqual(left.map((one) => one.detail), ["z"]);
});

test("what the API says has words in the agent's language", () => {
  assert.deepEqual(saidOf("Input should be less than or equal to 200"), { key: "fault.at_most", values: { most: 200 } });
  assert.deepEqual(saidOf("queues/default/calendar: shop is not in opening_hours"), { key: "fault.not_there", values: { name: "shop", kind: "opening_hours" } });
  assert.deepEqual(saidOf("sales: 3 waiting"), { key: "fault.waiting", values: { queue: "sales", count: 3 } });
  assert.deepEqual(saidOf("rules/0/queue: sales is not in queues", false), { key: "fault.named_elsewhere", values: { name: "sales", kind: "routing" } });
  assert.equal(saidOf("something nobody foresaw"), null);
});
