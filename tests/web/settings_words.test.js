/** What changes in settings, in the words of the page: in both languages, and never as a pointer. */
import assert from "node:assert/strict";
import { test } from "node:test";

Object.assign(globalThis, {
  localStorage: { getItem: () => null, setItem: () => undefined },
  sessionStorage: { getItem: () => null, setItem: () => undefined },
  document: { documentElement: {} },
  location: { hash: "" },
  addEventListener: () => undefined,
});
const { addWords, chooseLanguage } = await import("../../web/desk/language/words.js");
const { toldOf, valueWords } = await import("../../web/desk/settings/documents/changes/change_words.js");
const { differences } = await import("../../web/desk/settings/documents/changes/differences.js");
const { describeHours, placeOfHours } = await import("../../web/desk/settings/hours/hours_words.js");
const { describeQueues, describeRules } = await import("../../web/desk/settings/queues/queue_words.js");
const { freeName, newQueue, newTier, ringsSomebody } = await import("../../web/desk/settings/queues/queues.js");

await chooseLanguage("en");
await addWords("settings");

/** @param {any} before @param {any} after @param {any} [describe] */
const told = (before, after, describe) => toldOf(differences(before, after), { before, after }, describe)
  .map((one) => ("text" in one ? one.text : `${one.place}: ${valueWords(one.change.was)} -> ${valueWords(one.change.value)}`));

/** @param {any} calendar */
const hours = (calendar) => ({ calendars: { default: { time_zone: "Europe/Rome", weekly: {}, closed: [], special: {}, holidays: [], ...calendar } }, accounts: {} });

test("days of the week that change alike are told together", () => {
  const before = hours({ weekly: { "mon-fri": [["09:00", "13:00"]], sat: [["09:00", "12:00"]] } });
  const after = hours({ weekly: { "mon-thu": [["09:00", "12:00"]], fri: [["09:00", "13:00"]] } });
  assert.deepEqual(told(before, after, describeHours), [
    "Monday to Thursday: 09:00-12:00 instead of 09:00-13:00; Saturday: closed instead of 09:00-12:00",
  ]);
});

test("a week that is only written otherwise says so", () => {
  const before = hours({ weekly: { "mon-tue": [["09:00", "13:00"]] } });
  const after = hours({ weekly: { mon: [["09:00", "13:00"]], tue: [["09:00", "13:00"]] } });
  assert.deepEqual(told(before, after, describeHours), ["The same week, written otherwise"]);
});

test("closures, special days and holidays are told by their days and names", () => {
  const before = hours({ closed: ["2026-12-07"], holidays: ["IT"] });
  const after = hours({ closed: [{ first: "2026-08-10", last: "2026-08-21", label: "Ferie" }], special: { "2026-12-24": [["09:00", "12:00"]] }, holidays: ["IT-RM"] });
  const [closed, special, holidays] = told(before, after, describeHours);
  assert.match(closed ?? "", /no longer closed on .*(?:December 7|7 December).*; closed on .*(?:August 10|10 August).* to .*(?:August 21|21 August).* \(Ferie\)/);
  assert.match(special ?? "", /(?:December 24|24 December).*: 09:00-12:00/);
  assert.equal(holidays, "holidays no longer kept: Italy; holidays kept: Italy, Roma");
});

test("of several calendars the one that changes is named", () => {
  const other = hours({}).calendars.default;
  const before = { calendars: { a: other, b: other } };
  assert.deepEqual(told(before, { calendars: { a: other, b: { ...other, time_zone: "Europe/Paris" } } }, describeHours), ["b: time zone Europe/Paris instead of Europe/Rome"]);
  assert.deepEqual(told(before, { calendars: { a: other } }, describeHours), ["Calendar “b” is taken out."]);
});

test("the same is told in Italian", async () => {
  await chooseLanguage("it");
  const after = hours({ weekly: { sat: [["09:00", "12:00"]] } });
  assert.deepEqual(told(hours({}), after, describeHours), ["sabato: 09:00-12:00 invece di chiuso"]);
  await chooseLanguage("en");
});

test("a place in a calendar has words", () => {
  assert.equal(placeOfHours("/calendars/default/weekly/mon-fri/0"), "default › the week");
  assert.equal(placeOfHours("/accounts/x"), null);
});

test("tiers in another order are told as the order they are in", () => {
  const queue = (/** @type {any[]} */ tiers) => ({ queues: { default: { calendar: "default", tiers } }, handoff_queue: "default" });
  const [one, two] = [{ name: "first", ring_seconds: 60, endpoints: [] }, { name: "second", ring_seconds: 120, endpoints: [] }];
  assert.deepEqual(told(queue([one, two]), queue([two, one]), describeQueues), ["“default” rings, in this order: second (2 minutes), first (1 minute)"]);
  assert.deepEqual(told(queue([one]), queue([{ ...one, ring_seconds: 90 }]), describeQueues), ["Queues › default › Who is rung, in this order › first › Rings for (seconds): 60 -> 90"]);
});

test("queues that come and go, and where handoffs go", () => {
  const before = { queues: { a: {}, b: {} }, handoff_queue: "a" };
  assert.deepEqual(told(before, { queues: { b: {}, c: {} }, handoff_queue: "b" }, describeQueues), [
    "Queue “a” is taken out", "Queue “c” is new", "Handoffs go to “b”",
  ]);
});

test("rules are told in their order when it changes, and by their fields otherwise", () => {
  const [one, two] = [{ name: "vip", queue: "a" }, { name: "bills", queue: "b" }];
  assert.deepEqual(told({ rules: [one, two] }, { rules: [two, one] }, describeRules), ["Rules, in this order: bills, vip"]);
  assert.deepEqual(told({ rules: [one] }, { rules: [{ ...one, queue: "b" }] }, describeRules), ["Rules, the first that fits holds › vip › Queue: a -> b"]);
});

test("values without words of their own are said as they are, and long ones cut", () => {
  assert.equal(valueWords(true), "yes");
  assert.equal(valueWords([]), "nothing");
  assert.equal(valueWords(["a", "b"]), "a, b");
  assert.ok(valueWords("x".repeat(1_000)).length < 400);
});

test("new things get names that are free", () => {
  assert.equal(freeName("tier", ["tier_2"]), "tier_3");
  assert.equal(newTier([{ name: "first_line" }, { name: "tier_3" }]).name, "tier_4");
});

test("a queue without endpoints rings nobody", () => {
  assert.equal(ringsSomebody(newQueue()), false);
  assert.equal(ringsSomebody({ ...newQueue(), alert_endpoints: ["desk"] }), true);
});
