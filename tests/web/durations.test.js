import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDuration, spokenDuration, typedDuration } from "../../web/desk/settings/targets/durations.js";

test("durations are read as people type them", () => {
  const typed = {
    "20": 20, " 20 s ": 20, "20 sec.": 20, "20 secondi": 20, "5:00": 300, "0:42": 42, "90:00": 5_400, "1:30:00": 5_400,
    "4 h": 14_400, "4h": 14_400, "4 ore": 14_400, "1 ora": 3_600, "1 h 30": 5_400, "1h30": 5_400, "1 h 30 min": 5_400,
    "1 ora e 30 minuti": 5_400, "1 hour and 5 minutes": 3_900, "5 min": 300, "5 m 30": 330, "2 d": 172_800, "2 giorni": 172_800,
    "2 days 4 h": 187_200, "1,5 h": 5_400, "0.5 h": 1_800, "0": 0,
  };
  for (const [text, seconds] of Object.entries(typed)) assert.equal(parseDuration(text), seconds, text);
});

test("what is no duration is none", () => {
  for (const text of ["", "soon", "h", "-5", "5:60", "1:75:00", "20 20", "30 min 1 h", "4 weeks", "1 h 30 min 5 h", "0,3 s", "1 sock", "5:0"]) {
    assert.equal(parseDuration(text), null, text);
  }
});

test("what is shown is read as the same", () => {
  for (const seconds of [1, 20, 59, 60, 90, 300, 3_599, 3_600, 3_601, 5_400, 14_400, 86_400, 90_000, 172_800, 31_536_000]) {
    assert.equal(parseDuration(typedDuration(seconds)), seconds, typedDuration(seconds));
    assert.equal(parseDuration(typedDuration(seconds, "g")), seconds);
  }
  assert.deepEqual([20, 90, 300, 5_400, 14_400, 172_800].map((one) => typedDuration(one)),
    ["20 s", "1:30", "5:00", "1 h 30 min", "4 h", "2 d"]);
});

test("durations are said exactly, in the language of the reader", () => {
  assert.equal(spokenDuration(20, "en"), "20 seconds");
  assert.equal(spokenDuration(5_400, "en"), "1 hour 30 minutes");
  assert.equal(spokenDuration(300, "it"), "5 minuti");
  assert.equal(spokenDuration(86_400, "it"), "1 giorno");
  assert.equal(spokenDuration(90_000, "en"), "25 hours");
  assert.equal(spokenDuration(0, "en"), "0 seconds");
});
