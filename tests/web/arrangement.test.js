import assert from "node:assert/strict";
import { test } from "node:test";
import { arranged, drawn, outOfPlace } from "../../web/desk/inbox/arrangement.js";

const row = (id, sequence = 1) => ({ conversation_id: id, sequence });
const ids = (placed) => placed.map((one) => one.row.conversation_id + (one.left ? "-" : ""));
const nobody = () => undefined;

test("while nobody reaches for a row the list stands as it is", () => {
  const before = arranged([], [row("a"), row("b")], false, nobody);
  assert.deepEqual(ids(arranged(before, [row("b"), row("a")], false, nobody)), ["b", "a"]);
});

test("under a hand rows keep their places, those that left too, and new ones come last", () => {
  const before = arranged([], [row("a"), row("b"), row("c")], false, nobody);
  const shown = arranged(before, [row("new"), row("c", 2), row("a")], true, nobody);
  assert.deepEqual(ids(shown), ["a", "b-", "c", "new"]);
  assert.equal(shown[2].row.sequence, 2, "what a row says is never held back");
  assert.equal(outOfPlace(shown, [row("new"), row("c", 2), row("a")]), 4);
});

test("no change is told where nothing moved", () => {
  const rows = [row("a"), row("b")];
  assert.equal(outOfPlace(arranged(arranged([], rows, false, nobody), rows, true, nobody), rows), 0);
});

test("of a long list a part is drawn that holds what is in sight, wherever one scrolls", () => {
  for (const top of [0, 500, 20_000, 41_000]) {
    const [from, to] = drawn(500, 84, top, 800);
    const firstSeen = Math.floor(top / 84);
    assert.ok(from <= Math.min(firstSeen, 499) && to >= Math.min(500, firstSeen + 10), `${top}: ${from} to ${to}`);
    assert.ok(to - from <= 60);
  }
  assert.deepEqual(drawn(3, 84, 0, 800), [0, 3]);
});
