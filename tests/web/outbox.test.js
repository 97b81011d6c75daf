/** What was written is sent once, in order, and given back or tried again; never lost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  acknowledged, again, bodyOf, changing, due, failed, having, isEditable, isHeldUp, pendingOf, unsent, uploaded,
  uploadLost, wakeAt, without, written,
} from "../../web/desk/composer/sending/outbox_items.js";

const NOW = 1_000_000;

/** @param {string} id @param {Record<string, any>} [more] */
const item = (id, more = {}) => written({
  id, conversation_id: "c1", kind: "reply", at: Number(id.slice(1)), content: { text: `text of ${id}` }, ...more,
});
/** @param {any[]} items @param {number} [now] */
const ids = (items, now = NOW) => due(items, now).map((one) => one.id);
const refusal = (/** @type {number} */ status, document = {}) => ({ status, document });

test("what is written first leaves first, one after the other", () => {
  let items = [item("m2"), item("m1")].reduce((all, one) => having(all, one), /** @type {any[]} */ ([]));
  assert.deepEqual(ids(items), ["m1"]);
  assert.ok(isHeldUp(items, items[1]));
  items = changing(items, "m1", (one) => acknowledged(one, "reply:1"));
  assert.deepEqual(ids(items), ["m2"]);
});

test("conversations, and notes beside replies, do not wait for one another", () => {
  const items = [item("m1"), item("m2", { conversation_id: "c2" }), item("m3", { kind: "note" }), item("m4")];
  assert.deepEqual(ids(items), ["m1", "m2", "m3"]);
});

test("a lost line is no refusal: it is tried again later, under the same id", () => {
  const tried = failed(item("m1"), refusal(0), NOW, 0.5);
  assert.equal(tried.state, "waiting");
  assert.deepEqual(ids([tried]), []);
  assert.equal(wakeAt([tried]), NOW + 1_000);
  assert.deepEqual(ids([tried], NOW + 1_000), ["m1"]);
  let long = tried;
  for (let times = 0; times < 50; times += 1) long = failed(long, refusal(0), NOW, 1);
  assert.equal(long.state, "waiting");
  assert.ok(long.next_at <= NOW + 37_500);
});

test("the desk says when to come back", () => {
  assert.equal(failed(item("m1"), refusal(429, { retry_after: 12 }), NOW, 0).next_at, NOW + 12_000);
});

test("what goes wrong with the desk again and again is told, and can be tried again", () => {
  let tried = item("m1");
  for (let times = 0; times < 8; times += 1) tried = failed(tried, refusal(503), NOW, 0);
  assert.equal(tried.state, "refused");
  assert.equal(isEditable(tried), false, "it may have arrived");
  assert.deepEqual(ids([again(tried)]), ["m1"]);
});

test("a refusal is final for the text as it is, holds up what follows, and gives the text back", () => {
  const refused = failed(item("m1"), refusal(422, { type: "x/beyond-the-channel" }), NOW, 0);
  const items = [refused, item("m2")];
  assert.deepEqual(ids(items), []);
  assert.equal(wakeAt(items), null);
  assert.ok(isEditable(refused));
  assert.equal(refused.content.text, "text of m1");
  assert.deepEqual(ids(without(items, "m1")), ["m2"]);
});

test("after a cut and then a refusal it is known not to have arrived", () => {
  const cut = failed(item("m1"), refusal(0), NOW, 0);
  assert.equal(isEditable(cut), false);
  assert.equal(isEditable(failed(cut, refusal(429), NOW, 0)), false);
  assert.ok(isEditable(failed(cut, refusal(409), NOW, 0)));
});

test("what was taken in stays so, whatever is heard of it late", () => {
  const sent = acknowledged(item("m1"), "reply:1");
  for (const late of [
    changing([sent], "m1", (one) => failed(one, refusal(0), NOW, 0)), having([sent], item("m1")),
    changing([sent], "m1", again),
  ]) assert.equal(late[0]?.state, "sent");
  assert.equal(unsent([sent]), 0);
});

test("it goes once the story shows it", () => {
  const sent = acknowledged(item("m1"), "reply:1");
  assert.deepEqual(pendingOf([sent, item("m2")], "c1", new Set()).map((one) => one.id), ["m1", "m2"]);
  assert.deepEqual(pendingOf([sent, item("m2")], "c1", new Set(["reply:1"])).map((one) => one.id), ["m2"]);
  assert.deepEqual(pendingOf([sent], "c2", new Set()), []);
});

test("nothing leaves while a file of it uploads, nor what comes after it", () => {
  const file = { file_id: "f", name: "a.png", size: 3, media_id: null };
  let items = [item("m1", { files: [file] }), item("m2")];
  assert.deepEqual(ids(items), []);
  items = changing(items, "m1", (one) => uploaded(one, "f", "media-1"));
  assert.deepEqual(ids(items), ["m1"]);
  assert.deepEqual(bodyOf(/** @type {any} */ (items[0])).media_ids, ["media-1"]);
  assert.equal(uploadLost(item("m1", { files: [file] })).state, "refused");
});

test("for some seconds it can be taken back before it leaves", () => {
  const items = [item("m1", { not_before: NOW + 5_000 }), item("m2")];
  assert.deepEqual(ids(items), []);
  assert.equal(wakeAt(items), NOW + 5_000);
  assert.deepEqual(ids(items, NOW + 5_000), ["m1"]);
});

test("a note and a reply are asked for each in its own way", () => {
  const reply = item("m1", { seen_up_to: 9, draft_version: 3, anyway: true, content: { text: "a", promise: { within_seconds: 60 } } });
  assert.deepEqual(bodyOf(reply), { text: "a", promise: { within_seconds: 60 }, seen_up_to: 9, anyway: true, draft_version: 3 });
  const note = item("m2", { kind: "note", seen_up_to: 9, content: { text: "b", mentions: ["marco"] } });
  assert.deepEqual(bodyOf(note), { text: "b", mentions: ["marco"] });
});

test("in whatever order answers, cuts and reloads come: each text once taken in, or still here", () => {
  /** Every order of what may happen to two messages. */
  const happenings = ["answer", "cut", "refuse", "reload", "other-tab"];
  for (const first of happenings) for (const second of happenings) for (const third of happenings) {
    /** @type {any[]} */
    let items = [item("m1"), item("m2")];
    const desk = new Map(); // by key, what the desk has taken in
    let now = NOW;
    const step = (/** @type {string} */ what) => {
      now += 60_000;
      for (const one of due(items, now)) {
        if (what === "answer" || what === "cut") desk.set(one.id, bodyOf(one));
        if (what === "answer") items = changing(items, one.id, (it) => acknowledged(it, `reply:${it.id}`));
        if (what === "cut") items = changing(items, one.id, (it) => failed(it, refusal(0), now, 0.5));
        if (what === "refuse") items = changing(items, one.id, (it) => failed(it, refusal(422), now, 0.5));
      }
      if (what === "reload") items = JSON.parse(JSON.stringify(items)).filter((/** @type {any} */ one) => one.state !== "sent");
      if (what === "other-tab") items = [item("m1"), item("m2")].reduce((all, one) => (desk.has(one.id) ? all : having(all, { ...one, ...items.find((it) => it.id === one.id) })), items);
    };
    [first, second, third].forEach(step);
    for (const id of ["m1", "m2"])
      assert.ok(desk.has(id) || items.some((one) => one.id === id), `${id} lost by ${first}, ${second}, ${third}`);
    items = items.map((one) => (one.state === "refused" ? again(one) : one));
    for (let times = 0; times < 6; times += 1) step("answer");
    assert.deepEqual([...desk.keys()].sort(), ["m1", "m2"]);
    assert.equal(unsent(items), 0);
  }
});
