import assert from "node:assert/strict";
import { test } from "node:test";
import { goesFurther, listed, longestClosed, newer, place, shows } from "../../web/desk/inbox/rows.js";

const NOW = Date.parse("2026-03-04T10:00:00Z");
const VIEWER = { agentId: "anna", queues: ["default"] };

function row(id, changed = {}) {
  return {
    conversation_id: id, sequence: 1, channel: "whatsapp", name: "Giulia", language: "it",
    owner: { kind: "queue", name: "default", version: 1, since: null }, lifecycle: "open", queue: "default",
    priority: "normal", last_words: null, waiting_since: "2026-03-04T09:58:00Z", due: null, offer: null, unread: 1,
    undelivered: 0, tags: [], snoozed_until: null, last_activity_at: "2026-03-04T09:58:00Z", ...changed,
  };
}
const due = (at, state = "pending") => ({ kind: "first_response", at, state });
const agent = (name) => ({ kind: "agent", name, version: 2, since: null });

test("of two rows of a conversation the one that reaches further is kept, whichever came last", () => {
  const older = row("a");
  const later = row("a", { sequence: 2 });
  assert.equal(newer(older, later), later);
  assert.equal(newer(later, older), later);
  assert.equal(newer(undefined, older), older);
});

test("what is due first stands first, then who waits without a clock, then whose turn it is, then the bot's", () => {
  const rows = [
    row("bot", { owner: { kind: "bot", name: "", version: 1, since: null } }),
    row("theirs", { waiting_since: null }),
    row("waits"),
    row("later", { due: due("2026-03-04T10:05:00Z") }),
    row("sooner", { due: due("2026-03-04T10:01:00Z") }),
    row("aside", { lifecycle: "snoozed", snoozed_until: "2026-03-05T08:00:00Z" }),
  ];
  assert.deepEqual(listed(rows, "all", VIEWER, NOW).map((one) => one.conversation_id),
    ["sooner", "later", "waits", "theirs", "bot", "aside"]);
});

test("a paused clock does not put anybody in front of those who wait longer", () => {
  const paused = row("paused", { due: due(null, "paused"), waiting_since: "2026-03-04T09:59:00Z" });
  assert.ok(place(row("waits"))[1] < place(paused)[1]);
  assert.equal(place(paused)[0], place(row("waits"))[0]);
});

test("the order of a list is total: rows of one instant stand by their ids", () => {
  const rows = ["c", "a", "b"].map((id) => row(id));
  assert.deepEqual(listed(rows, "waiting", VIEWER, NOW).map((one) => one.conversation_id), ["a", "b", "c"]);
});

test("waiting holds the queues that one serves and nobody's alone", () => {
  assert.ok(shows("waiting", row("a"), VIEWER, NOW));
  assert.ok(!shows("waiting", row("a", { queue: "sales" }), VIEWER, NOW));
  assert.ok(!shows("waiting", row("a", { owner: agent("anna") }), VIEWER, NOW));
  assert.ok(shows("unassigned", row("a", { queue: "sales" }), VIEWER, NOW));
});

test("mine holds what is put aside too, and nothing that is closed", () => {
  const mine = row("a", { owner: agent("anna"), lifecycle: "snoozed" });
  assert.ok(shows("mine", mine, VIEWER, NOW));
  assert.ok(!shows("mine", { ...mine, lifecycle: "resolved" }, VIEWER, NOW));
  assert.ok(!shows("mine", row("b", { owner: agent("marco") }), VIEWER, NOW));
});

test("late is what people have and whose time has passed, to the millisecond", () => {
  const late = row("a", { due: due("2026-03-04T10:00:00Z") });
  assert.ok(shows("breaching", late, VIEWER, NOW));
  assert.ok(!shows("breaching", late, VIEWER, NOW - 1));
  assert.ok(!shows("breaching", { ...late, lifecycle: "snoozed" }, VIEWER, NOW));
  assert.ok(!shows("breaching", { ...late, owner: { ...late.owner, kind: "bot" } }, VIEWER, NOW));
});

test("closed begins with the latest", () => {
  const rows = ["2026-03-01", "2026-03-03", "2026-03-02"].map((day) =>
    row(day, { lifecycle: "resolved", last_activity_at: `${day}T10:00:00Z` }));
  assert.deepEqual(listed(rows, "closed", VIEWER, NOW).map((one) => one.conversation_id),
    ["2026-03-03", "2026-03-02", "2026-03-01"]);
});

test("a page that is read again takes nothing away of what was read beyond it", () => {
  const at = (minutes) => [1, minutes, "a"];
  const page = { cursor: "c", last: at(50) };
  assert.equal(goesFurther({ read: true, cursor: "d", last: at(100) }, page), true);
  assert.equal(goesFurther({ read: true, cursor: null, last: at(70) }, page), true, "it was read to its end");
  assert.equal(goesFurther({ read: true, cursor: "b", last: at(40) }, page), false);
  assert.equal(goesFurther({ read: false, cursor: null, last: null }, page), false);
  assert.equal(goesFurther({ read: true, cursor: "d", last: at(100) }, { cursor: null, last: at(50) }), false, "the list has become short");
});

test("of a long day what was closed is forgotten, the oldest first, and nothing that is open", () => {
  const closed = { lifecycle: "resolved" };
  const known = new Map([["b", row("b", closed)], ["a", row("a")], ["c", row("c", closed)], ["d", row("d", closed)]]
    .map(([id, one], number) => [id, { row: one, heard: id === "c" ? 0 : number + 1 }]));
  assert.deepEqual(longestClosed(known, 2), ["c", "b"]);
  assert.deepEqual(longestClosed(known, 0), ["c", "b", "d"]);
  assert.deepEqual(longestClosed(known, 9), []);
});
