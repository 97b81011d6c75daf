/** Weeks, closures and holidays of a calendar, as they are written and as they are edited. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { addDays, addedAndTaken, closedOn, closureOf, dayOf, inOrder, isClosed, isDate, wallClock, weekdayOf, writtenClosure, writtenDay, wrongClosure } from "../../web/desk/settings/hours/days_off/closures.js";
import { daysOf, packed, runs, withDays, WEEKDAYS } from "../../web/desk/settings/hours/weekly.js";

/** @type {[string, string]} */
const MORNING = ["09:00", "13:00"];
/** @type {[string, string]} */
const EVENING = ["14:00", "18:00"];

test("ranges, lists and a range past Sunday name days", () => {
  const days = daysOf({ "mon,wed": [MORNING], "sat-sun": [EVENING], "fri": [MORNING, EVENING] });
  assert.deepEqual(days.map((windows) => windows.length), [1, 0, 1, 0, 2, 1, 1]);
  assert.deepEqual(daysOf({ "sat-mon": [MORNING] }).map((windows) => windows.length), [1, 0, 0, 0, 0, 1, 1]);
});

test("every week is written so that it is read as the same", () => {
  const kinds = [[], [MORNING], [EVENING], [MORNING, EVENING]];
  for (let code = 0; code < 4 ** 7; code += 13) {
    const days = WEEKDAYS.map((_, i) => /** @type {any} */ (kinds[Math.floor(code / 4 ** i) % 4]));
    assert.deepEqual(daysOf(packed(days)), days);
  }
});

test("a week as it was delivered is written as it was", () => {
  const weekly = { "mon-fri": [MORNING, EVENING], "sat": [MORNING] };
  assert.deepEqual(packed(daysOf(weekly)), weekly);
});

test("a week that stays the same is left as it was written", () => {
  const weekly = { "fri,mon-thu": [MORNING] };
  assert.equal(withDays(weekly, 0, 4, [MORNING]), weekly);
  assert.deepEqual(withDays(weekly, 1, 1, []), { "mon,wed-fri": [MORNING] });
});

test("days in a row are told together", () => assert.deepEqual(runs([0, 1, 2, 4, 6]), [[0, 2], [4, 4], [6, 6]]));

test("closures are written as shortly as they can be, and read as the same", () => {
  for (const written of /** @type {any[]} */ (["2026-11-02", ["2026-12-28", "2026-12-30"], { first: "2026-08-10", last: "2026-08-21", label: "Ferie" }, { first: "2026-08-10", last: null, label: "Ferie" }])) {
    assert.deepEqual(writtenClosure(closureOf(written)), written);
  }
});

test("a closure that ends before it begins, or on a day that does not exist, is refused", () => {
  assert.equal(wrongClosure({ first: "2026-12-24", last: "2026-12-23", label: "" }), "fault.ends_early");
  assert.equal(wrongClosure({ first: "2026-02-30", last: "", label: "" }), "hours.wrong.first");
  assert.equal(wrongClosure({ first: "2026-12-24", last: "x", label: "" }), "hours.wrong.last");
  assert.equal(wrongClosure({ first: "2026-12-24", last: "", label: "" }), "");
});

test("closures are shown in the order of their days, and keep their places", () => {
  assert.deepEqual(inOrder(["2026-12-24", ["2026-08-10", "2026-08-21"]]).map((one) => one.place), [1, 0]);
});

test("a day that is closed loses windows of its own, and is closed once", () => {
  const calendar = { time_zone: "Europe/Rome", special: { "2026-12-24": [MORNING] }, closed: ["2026-12-25"] };
  const after = closedOn(calendar, "2026-12-24", "");
  assert.deepEqual(after, { time_zone: "Europe/Rome", special: {}, closed: ["2026-12-25", "2026-12-24"] });
  assert.deepEqual(closedOn(after, "2026-12-24", ""), after);
  assert.ok(isClosed(after.closed, "2026-12-24"));
});

test("a special day without a label is its windows", () => {
  assert.deepEqual(writtenDay(dayOf([MORNING])), [MORNING]);
  assert.deepEqual(writtenDay(dayOf({ windows: [], label: "Vigilia" })), { windows: [], label: "Vigilia" });
});

test("days are counted over months and leap years", () => {
  assert.equal(addDays("2028-02-28", 1), "2028-02-29");
  assert.equal(addDays("2026-12-31", 1), "2027-01-01");
  assert.equal(isDate("2026-02-29"), false);
  assert.equal(weekdayOf("2026-11-30"), 0);
});

test("the wall clock of a zone has its own date", () => {
  const instant = Date.parse("2026-11-30T23:30:00Z");
  assert.deepEqual(wallClock(instant, "Europe/Rome"), { date: "2026-12-01", minute: 30 });
  assert.deepEqual(wallClock(instant, "America/New_York"), { date: "2026-11-30", minute: 18 * 60 + 30 });
});

test("what was added and what was taken out", () => {
  assert.deepEqual(addedAndTaken(["a", "b"], ["b", "c"]), { added: ["c"], taken: ["a"] });
});

test("the sets of holidays are those of the documentation", () => {
  const page = readFileSync(new URL("../../docs/settings.md", import.meta.url), "utf8");
  const table = page.slice(page.indexOf("### Sets of holidays"), page.indexOf("Italy follows its laws"));
  const told = [...table.matchAll(/`([A-Z]{2}(?:-[0-9A-Z]+)?)`/g)].map((match) => match[1]).sort();
  const source = readFileSync(new URL("../../web/desk/settings/hours/days_off/holiday_sets.js", import.meta.url), "utf8");
  const known = [...source.matchAll(/"([A-Z]{2}(?:-[0-9A-Z]+)?)"/g)].map((match) => match[1]).sort();
  assert.deepEqual(known, told);
});
