/** What a channel takes of files, until when it takes a reply, and what is promised. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { couldBeLink, fitOf, shrunkTo, TAKEN, typeOf } from "../../web/desk/composer/files/file_rules.js";
import { isPast, laterToday, nextAt, withinSeconds } from "../../web/desk/composer/beside/promise_rules.js";
import { windowReading } from "../../web/desk/composer/window.js";

const WHATSAPP = {
  image: { mime_types: ["image/jpeg", "image/png"], max_bytes: 5_000_000 },
  document: { mime_types: ["application/pdf"], max_bytes: 20_000_000 },
};
const TELEGRAM = { image: { mime_types: ["image/jpeg"], max_bytes: 10_000_000 }, document: { mime_types: [], max_bytes: 20_000_000 } };

for (const [what, type, bytes, media, fit] of /** @type {any[]} */ ([
  ["a photo", "image/jpeg", 4_000_000, WHATSAPP, "fits"],
  ["a photo beyond the channel", "image/jpeg", 5_000_001, WHATSAPP, "channel_too_large"],
  ["a film the channel does not take", "video/mp4", 10, WHATSAPP, "not_this_type"],
  ["anything as a document", "video/mp4", 10, TELEGRAM, "fits"],
  ["what the desk takes of nobody", "application/zip", 10, TELEGRAM, "not_taken"],
  ["what is too large for the desk", "image/png", 25_000_001, TELEGRAM, "too_large"],
  ["nothing", "image/png", 0, TELEGRAM, "empty"],
  ["a channel without files", "image/png", 10, {}, "no_files"],
  ["a channel nobody knows yet", "image/png", 10, null, "fits"],
])) test(`${what}: ${fit}`, () => assert.equal(fitOf(type, bytes, media), fit));

test("what the desk takes at all is the same here", () => {
  const { files } = JSON.parse(readFileSync(new URL("../vectors/reply_lint.json", import.meta.url), "utf8"));
  assert.deepEqual(TAKEN, files);
});

test("what only the channel does not take may be a link", () => {
  assert.ok(couldBeLink("channel_too_large"));
  assert.ok(!couldBeLink("not_taken"));
});

test("a file's type is known by its ending where the browser has none", () => {
  assert.equal(typeOf({ name: "a.DOCX", type: "" }), "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
  assert.equal(typeOf({ name: "a.m4a", type: "audio/x-m4a" }), "audio/mp4");
  assert.equal(typeOf({ name: "a.txt", type: "text/plain;charset=utf-8" }), "text/plain");
  assert.equal(typeOf({ name: "a.exe", type: "" }), "");
});

test("photos are drawn no larger than they are looked at", () => {
  assert.deepEqual(shrunkTo(4_000, 3_000), [2_000, 1_500]);
  assert.deepEqual(shrunkTo(10, 40_000), [1, 2_000]);
  assert.equal(shrunkTo(2_000, 1_000), null);
});

test("a reply window is open, near its end, or closed", () => {
  const now = Date.UTC(2026, 2, 4, 10);
  const until = (/** @type {number} */ seconds, open = true) =>
    ({ open, until: new Date(now + seconds * 1000).toISOString(), afterwards: [] });
  assert.equal(windowReading(null, now).state, "none");
  assert.equal(windowReading({ open: true, until: null, afterwards: [] }, now).state, "none");
  assert.deepEqual(windowReading(until(7_200), now), { state: "open", left: 7_200 });
  assert.equal(windowReading(until(3_599), now).state, "near");
  assert.equal(windowReading(until(0), now).state, "closed");
  assert.equal(windowReading(until(60, false), now).state, "closed");
});

test("a promise counts from sending, and within what the desk takes", () => {
  const now = new Date(2026, 2, 4, 10, 0).getTime();
  assert.equal(withinSeconds({ seconds: 1_200 }, now), 1_200);
  assert.equal(withinSeconds({ at: now + 90_000 }, now), 90);
  assert.equal(withinSeconds({ at: now - 5 }, now), 60);
  assert.equal(withinSeconds({ seconds: 99 * 86_400 }, now), 30 * 86_400);
  assert.ok(isPast({ at: now + 10_000 }, now));
  assert.ok(!isPast({ seconds: 60 }, now));
  assert.equal(nextAt("17:00", now), new Date(2026, 2, 4, 17, 0).getTime());
  assert.equal(nextAt("09:00", now), new Date(2026, 2, 5, 9, 0).getTime());
  assert.deepEqual(laterToday(now, [9, 10, 12, 17]), [12, 17].map((hour) => new Date(2026, 2, 4, hour).getTime()));
});
