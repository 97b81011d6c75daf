import assert from "node:assert/strict";
import { test } from "node:test";
import { found } from "../../web/desk/conversation/acts/people.js";
import { possible } from "../../web/desk/conversation/acts/possible.js";
import { asField, faultOf, snoozeTimes } from "../../web/desk/conversation/acts/snooze_times.js";
import { isTag, tagTitle } from "../../web/desk/conversation/acts/tag_names.js";
import { roomFor, shownAs } from "../../web/desk/conversation/files/sizes.js";
import { deliveryOf, sideOf } from "../../web/desk/conversation/log/delivery.js";

process.env.TZ = "Europe/Rome";

const AGENT = new Set(["work_conversations"]);
const SUPERVISOR = new Set(["work_conversations", "act_for_colleagues", "take_over"]);
const acts = (owner, lifecycle, permissions = AGENT) =>
  [...possible({ owner, lifecycle }, { agentId: "anna", may: (one) => permissions.has(one) })].sort();
const owner = (kind, name = "") => ({ kind, name, version: 1, since: "" });

test("what waits can be accepted; what is mine, handed on, put aside and given back", () => {
  assert.ok(acts(owner("queue", "default"), "open").includes("accept"));
  assert.deepEqual(acts(owner("agent", "anna"), "open"),
    ["call_back", "consult", "priority", "resolve", "return_to_bot", "snooze", "tags", "transfer"]);
});

test("a colleague's conversation is the colleague's, but for supervisors", () => {
  assert.deepEqual(acts(owner("agent", "marco"), "open"), []);
  assert.ok(acts(owner("agent", "marco"), "open", SUPERVISOR).includes("take_over"));
  assert.ok(acts(owner("agent", "marco"), "open", SUPERVISOR).includes("transfer"));
});

test("what is resolved is not resolved again, and what is put aside can be brought back", () => {
  assert.ok(!acts(owner("nobody"), "resolved").includes("resolve"));
  assert.ok(acts(owner("agent", "anna"), "snoozed").includes("unsnooze"));
  assert.deepEqual(acts(owner("queue"), "open", new Set()), []);
});

const rome = (text) => new Date(text).getTime();
const names = (now) => snoozeTimes(now).map((one) => one.name);
const times = (now) => Object.fromEntries(snoozeTimes(now).map((one) => [one.name, one.at]));

test("one puts aside for an hour, to the evening, to tomorrow or to Monday", () => {
  const wednesday = rome("2026-03-04T10:00:00");
  assert.deepEqual(names(wednesday), ["hour", "evening", "tomorrow", "monday"]);
  assert.deepEqual(times(wednesday), {
    hour: rome("2026-03-04T11:00:00"), evening: rome("2026-03-04T18:00:00"), tomorrow: rome("2026-03-05T09:00:00"), monday: rome("2026-03-09T09:00:00"),
  });
});

test("no evening is offered when it is one, and Monday once on a Sunday", () => {
  assert.deepEqual(names(rome("2026-03-04T17:30:00")), ["hour", "tomorrow", "monday"]);
  assert.deepEqual(names(rome("2026-03-08T12:00:00")), ["hour", "evening", "monday"]);
  assert.equal(times(rome("2026-03-09T08:00:00")).monday, rome("2026-03-16T09:00:00"));
});

test("nine o'clock stays nine o'clock over a change of the clock", () => {
  const saturday = rome("2026-03-28T20:00:00");
  assert.equal(new Date(times(saturday).tomorrow).getHours(), 9);
  assert.equal((times(saturday).tomorrow - saturday) / 3_600_000, 12);
});

test("an instant that somebody chose lies ahead, by a year at most", () => {
  const now = rome("2026-03-04T10:00:00");
  assert.equal(faultOf(Number.NaN, now), "empty");
  assert.equal(faultOf(now, now), "past");
  assert.equal(faultOf(rome("2027-04-01T10:00:00"), now), "far");
  assert.equal(faultOf(rome("2026-03-04T10:01:00"), now), "");
  assert.equal(asField(now), "2026-03-04T10:00");
});

const person = (agent_id, display_name, presence, load = 0, queues = []) => ({ agent_id, display_name, presence, load, capacity: 10, queues });

test("colleagues are found by name or queue, without accents, those with room first", () => {
  const people = [person("1", "Zoë", "offline"), person("2", "Marco", "available", 8), person("3", "Anna", "available", 2, ["returns"]), person("4", "Me", "available")];
  assert.deepEqual(found(people, "", ["4"]).map((one) => one.agent_id), ["3", "2", "1"]);
  assert.deepEqual(found(people, "zoe", []).map((one) => one.agent_id), ["1"]);
  assert.deepEqual(found(people, "RETURN", []).map((one) => one.agent_id), ["3"]);
});

test("a tag is a short word, and is called by its title", () => {
  assert.deepEqual(["vip", "late-parcel", "Vip", "a b", "order12345", ""].map(isTag), [true, true, false, false, false, false]);
  assert.equal(tagTitle({ tags: { vip: { title: { it: "Importante" } } }, free: false }, "vip", "it"), "Importante");
  assert.equal(tagTitle(null, "vip", "it"), "vip");
});

test("the room for a picture keeps its shape, and has bounds", () => {
  assert.deepEqual(roomFor({ width: 1280, height: 960 }), { width: 280, height: 210 });
  assert.deepEqual(roomFor({ width: 100, height: 2000 }), { width: 48, height: 220 });
  assert.deepEqual(roomFor({}), roomFor({ width: null, height: null }));
});

test("a file is shown as what it is, and as what it was sent as until that is known", () => {
  assert.equal(shownAs({ kind: "document", mime_type: "image/png" }), "image");
  assert.equal(shownAs({ kind: "image", mime_type: "image/heic" }), "document");
  assert.equal(shownAs({ kind: "sticker" }), "image");
  assert.equal(shownAs({ mime_type: "application/pdf" }), "document");
});

test("a delivery is a word, and only trouble is trouble", () => {
  const of = (status, author = "agent") => deliveryOf({ at: "", type: "MessageQueued", author, text: "", detail: { status } });
  assert.deepEqual(["queued", "sent", "read"].map((status) => of(status).key), ["delivery.leaving", "delivery.sent", "delivery.read"]);
  assert.deepEqual(["refused", "unknown", "withdrawn"].map((status) => of(status).isTrouble), [true, true, false]);
  assert.equal(deliveryOf({ at: "", type: "MessageReceived", author: "customer", text: "", detail: {} }), null);
  assert.deepEqual([["MessageQueued", "system"], ["ItemNoted", "business"], ["NoteWritten", "agent"]].map(([type, author]) => sideOf({ type, author })), ["bot", "agent", "note"]);
});
