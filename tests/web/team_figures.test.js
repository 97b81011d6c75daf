import assert from "node:assert/strict";
import { test } from "node:test";
import { dateIn, figuresOf, goalLines, pointsShort, shareOver, verdict } from "../../web/desk/boards/levels.js";
import { fullness, inOrder, together } from "../../web/desk/boards/team/people.js";

/** @param {Record<string, any>} [of] @returns {any} */
const level = (of = {}) => ({
  policies: ["chat"], definition: "strict", threshold_seconds: 20, offered: 10, service_level: 0.7, goal: 0.8, met: false,
  also_within: [{ threshold_seconds: 10, service_level: 0.5 }, { threshold_seconds: 30, service_level: 0.9 }],
  short_abandon_seconds: null, abandon_rate: 0.1, ...of,
});
/** @param {any[]} levels @returns {any} */
const figures = (...levels) => ({ service_levels: levels });

test("the total of everything together answers", () => {
  const report = /** @type {any} */ ({ totals: [
    { queue: "default", channel: null, figures: "queue" }, { queue: null, channel: null, figures: "all" },
  ] });
  assert.equal(figuresOf(report), "all");
  assert.equal(figuresOf(null), null);
});

test("a goal stands once, the last half hour beside today, and goals never mix", () => {
  const messaging = level({ policies: ["messaging"], threshold_seconds: 300, goal: 0.9 });
  const lines = goalLines(figures(level()), figures(messaging, level({ policies: ["chat", "vip"], offered: 40 })));
  assert.deepEqual(lines.map((line) => [line.level.policies, line.recent?.offered, line.today?.offered]), [
    [["chat", "vip"], 10, 40], [["messaging"], undefined, 10],
  ]);
});

test("the same threshold under another definition is another goal", () => {
  assert.equal(goalLines(figures(level()), figures(level({ definition: "answered_only" }))).length, 2);
});

test("without reports there are no goals", () => assert.deepEqual(goalLines(null, null), []));

test("who waited over half a minute is told of everybody, whatever the goals", () => {
  const longer = (/** @type {number | null} */ share) => /** @type {any} */ ({
    longer_than: [{ threshold_seconds: 10, share: 0.7 }, { threshold_seconds: 30, share }],
  });
  assert.equal(shareOver(longer(0.2), 30), 0.2);
  assert.equal(shareOver(longer(0.2), 10), 0.7);
  assert.equal(shareOver(longer(0), 30), 0);
  assert.equal(shareOver(longer(null), 30), null);
  assert.equal(shareOver(null, 30), null);
});

test("a goal is met, missed by points, not there, or nobody waited", () => {
  assert.equal(verdict(level({ met: true })), "met");
  assert.equal(verdict(level()), "missed");
  assert.equal(pointsShort(level()), 10);
  assert.equal(pointsShort(level({ service_level: 0.799 })), 1);
  assert.equal(verdict(level({ goal: null, met: null })), "no_goal");
  assert.equal(verdict(level({ service_level: null, met: null })), "nobody");
  assert.equal(verdict(null), "nobody");
});

test("today is the day of the report's time zone", () => {
  const lateInTheEvening = Date.parse("2026-03-04T23:30:00Z");
  assert.equal(dateIn(lateInTheEvening, "Europe/Rome"), "2026-03-05");
  assert.equal(dateIn(lateInTheEvening, "UTC"), "2026-03-04");
});

/** @param {string} id @param {string} presence @param {number} load @param {number} [capacity] @returns {any} */
const person = (id, presence, load, capacity = 10) => ({ agent_id: id, presence, load, capacity });

test("people stand by how they are at work, then by name", () => {
  const order = inOrder([person("z", "away", 0), person("c", "available", 0), person("b", "busy", 0), person("a", "available", 0)], (one) => one.agent_id);
  assert.deepEqual(order.map((one) => one.agent_id), ["a", "c", "b", "z"]);
});

test("a bar is full at capacity, and never longer", () => {
  assert.deepEqual(fullness({ load: 4, capacity: 10 }), { width: 40, kind: "ok" });
  assert.deepEqual(fullness({ load: 10, capacity: 10 }), { width: 100, kind: "due" });
  assert.deepEqual(fullness({ load: 12, capacity: 10 }), { width: 100, kind: "late" });
  assert.deepEqual(fullness({ load: 0, capacity: 0 }), { width: 0, kind: "ok" });
  assert.deepEqual(fullness({ load: 2, capacity: 0 }), { width: 100, kind: "due" });
});

test("who is offline counts for nothing", () => {
  assert.deepEqual(together([person("a", "available", 2), person("b", "away", 4, 8), person("c", "offline", 9)]),
    { atWork: 2, available: 1, load: 6, capacity: 18 });
});
