import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, nextDue, share, shownClocks } from "../../web/desk/conversation/side/due.js";

const clock = (kind, state, due_at, more = {}) => ({ kind, state, due_at, started_at: "2026-03-04T10:00:00Z", target_seconds: 600, ...more });
const span = (start, end, counted, reason, label) => ({ start: `2026-03-04T${start}:00Z`, end: `2026-03-04T${end}:00Z`, counted, reason, label });

test("what is due first counts, of what runs", () => {
  const clocks = [clock("resolution", "pending", "2026-03-04T18:00:00Z"), clock("next_response", "breaching", "2026-03-04T10:05:00Z"),
    clock("first_response", "achieved", "2026-03-04T09:00:00Z"), clock("promise", "paused", null)];
  assert.deepEqual(nextDue(clocks), { kind: "next_response", at: "2026-03-04T10:05:00Z", state: "breaching" });
  assert.deepEqual(shownClocks(clocks).map((one) => one.kind), ["next_response", "resolution", "promise", "first_response"]);
  assert.equal(nextDue([]), null);
});

test("the meter fills from the beginning to the due time", () => {
  const running = clock("first_response", "pending", "2026-03-04T10:10:00Z");
  assert.equal(share(running, Date.parse("2026-03-04T10:00:00Z")), 0);
  assert.equal(share(running, Date.parse("2026-03-04T10:05:00Z")), 0.5);
  assert.equal(share(running, Date.parse("2026-03-04T11:00:00Z")), 1);
  assert.equal(share(clock("first_response", "paused", null), 0), 0);
});

test("an explanation tells each stretch once, neighbours of one reason together", () => {
  const lines = linesOf({
    counted_seconds: 0, carried_seconds: 60, revisions: [],
    spans: [span("10:00", "10:10", true, "open"), span("10:10", "10:20", true, "open"), span("10:20", "10:20", false, "closed"),
      span("10:20", "11:00", false, "holiday", "Pasqua"), span("11:00", "12:00", false, "holiday", "Pasquetta")],
  });
  assert.deepEqual(lines.map(({ key, seconds, counted, label }) => [key, seconds, counted, label]), [
    ["why.carried", 60, true, undefined], ["why.open", 1200, true, ""], ["why.holiday", 2400, false, "Pasqua"], ["why.holiday", 3600, false, "Pasquetta"],
  ]);
});
