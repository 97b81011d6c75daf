import assert from "node:assert/strict";
import { test } from "node:test";
import { amount, inOrder, screenAt, standingNow, waitingAt, waitWeight } from "../../web/desk/boards/queues/standing.js";

const AT = "2026-03-04T10:00:00Z";
const now = Date.parse("2026-03-04T10:05:00Z");

/** @param {Record<string, any>} [of] */
const standing = (of = {}) => ({
  queue: "default", waiting: { count: 2, is_least: false }, longest_waiting_since: "2026-03-04T09:58:00Z",
  expected_wait: { low_seconds: 120, high_seconds: 600, position: 3 },
  people: { at_work: 2, available: 1, with_room: 1, is_least: false },
  hours: { calendar: "default", is_open: true, next_opening: null, next_closing: null },
  overdue: { count: 0, is_least: false }, ...of,
});
const row = (/** @type {string} */ id, /** @type {string} */ since, queue = "default") => /** @type {any} */ ({
  conversation_id: id, owner: { kind: "queue", name: queue, since }, waiting_since: since,
});
const a = row("a", "2026-03-04T09:58:00Z");
const b = row("b", "2026-03-04T09:59:00Z");

test("a queue is as it was read as long as nobody comes or goes", () => {
  const read = standing();
  assert.equal(standingNow(read, AT, [a, b], [a, b]), read);
});

test("who comes is counted, and who came before the reading is not counted twice", () => {
  const come = row("c", "2026-03-04T10:01:00Z");
  const learnt = row("d", "2026-03-04T09:59:30Z");
  assert.equal(standingNow(standing(), AT, [a, b], [a, b, come, learnt]).waiting.count, 3);
});

test("when the first in line is taken the next one has waited longest", () => {
  const live = standingNow(standing(), AT, [a, b], [b]);
  assert.deepEqual([live.waiting.count, live.longest_waiting_since], [1, "2026-03-04T09:59:00Z"]);
});

test("when the last one is taken nobody waits", () => {
  const live = standingNow(standing(), AT, [a, b], []);
  assert.deepEqual([live.waiting.count, live.longest_waiting_since], [0, null]);
});

test("who comes to an empty queue has waited longest", () => {
  const empty = standing({ waiting: { count: 0, is_least: false }, longest_waiting_since: null });
  const live = standingNow(empty, AT, [], [row("c", "2026-03-04T10:01:00Z")]);
  assert.deepEqual([live.waiting.count, live.longest_waiting_since], [1, "2026-03-04T10:01:00Z"]);
});

test("rows of other queues change nothing", () => {
  const read = standing();
  assert.equal(standingNow(read, AT, [a, b], [a, b, row("c", "2026-03-04T10:01:00Z", "orders")]), read);
});

test("whom nobody had at the reading are those who waited by then", () => {
  assert.deepEqual(waitingAt([a, row("c", "2026-03-04T10:01:00Z")], AT), [a]);
});

test("open queues come first and those in which somebody waits, by name", () => {
  const closed = { calendar: "x", is_open: false, next_opening: null, next_closing: null };
  const none = { count: 0, is_least: false };
  const order = inOrder([
    standing({ queue: "c" }), standing({ queue: "a", hours: closed, waiting: none }), standing({ queue: "b", hours: closed }),
  ]);
  assert.deepEqual(order.map((one) => one.queue), ["b", "c", "a"]);
});

test("a longer wait than would be told and nobody at work deserve a look, a closed queue does not", () => {
  assert.equal(waitWeight(standing(), now), "");
  assert.equal(waitWeight(standing({ expected_wait: { low_seconds: 60, high_seconds: 240, position: 3 } }), now), "due");
  assert.equal(waitWeight(standing({ people: { at_work: 0, available: 0, with_room: 0, is_least: false } }), now), "due");
  assert.equal(waitWeight(standing({ hours: { calendar: "x", is_open: false, next_opening: null, next_closing: null } }), now), "");
});

test("a count that has an end says so", () => {
  assert.equal(amount({ count: 100, is_least: true }, String), "100+");
  assert.equal(amount({ count: 3, is_least: false }, String), "3");
});

test("a wall with more queues than fit turns its screens, and one that fits stands still", () => {
  assert.deepEqual(screenAt(7, 6, 20_000, 20), { screens: 2, screen: 1 });
  assert.deepEqual(screenAt(6, 6, 20_000, 20), { screens: 1, screen: 0 });
  assert.deepEqual(screenAt(0, 6, 0, 20), { screens: 1, screen: 0 });
});
