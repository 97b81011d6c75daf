/** Text windows of opening hours: what people type, and that what is shown is read as the same. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cutAt, parseWindows, printWindows, sorted, span } from "../../web/desk/settings/hours/windows.js";

/** @param {number} seed */
function chance(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

const SAME = /** @type {[string, string[][]][]} */ ([
  ["09:00-13:00, 14:00-18:00", [["09:00", "13:00"], ["14:00", "18:00"]]],
  ["9-13", [["09:00", "13:00"]]],
  ["9.00–13", [["09:00", "13:00"]]],
  ["9h30 - 13h", [["09:30", "13:00"]]],
  ["0900-1330 1400-18", [["09:00", "13:30"], ["14:00", "18:00"]]],
  ["14-18, 9-13", [["09:00", "13:00"], ["14:00", "18:00"]]],
  ["dalle 9 alle 13 e dalle 14 alle 18", [["09:00", "13:00"], ["14:00", "18:00"]]],
  ["from 9 to 13 and 14 to 18", [["09:00", "13:00"], ["14:00", "18:00"]]],
  ["9am-1pm; 2 pm - 6 pm", [["09:00", "13:00"], ["14:00", "18:00"]]],
  ["12am-12pm", [["00:00", "12:00"]]],
  ["22-6", [["22:00", "06:00"]]],
  ["18-0", [["18:00", "24:00"]]],
  ["18:00-24:00", [["18:00", "24:00"]]],
  ["24h", [["00:00", "24:00"]]],
  ["0-24", [["00:00", "24:00"]]],
  ["sempre", [["00:00", "24:00"]]],
  ["", []], ["chiuso", []], ["Closed", []], [" CHIUSA ", []], ["–", []],
]);

for (const [text, windows] of SAME) {
  test(`"${text}" is understood`, () => assert.deepEqual(parseWindows(text), { windows }));
}

const WRONG = [
  ["9-25", "no_time"], ["9-13x", "not_understood"], ["9", "not_understood"], ["9-13, 12-18", "overlap"], ["22-6, 5-7", "not_a_fault"],
  ["9-9", "same"], ["24-8", "no_time"], ["13pm-15pm", "no_time"], ["domani", "not_understood"], ["9:60-13", "not_understood"], ["-9-13-", "not_understood"],
  ["22-6, 23-1", "overlap"],
];

for (const [text = "", reason] of WRONG) {
  test(`"${text}": ${reason}`, () => {
    const parsed = parseWindows(text);
    // 5-7 opens before the night shift of the same day, and so does not lie within it.
    if (reason === "not_a_fault") assert.ok("windows" in parsed);
    else assert.equal("wrong" in parsed && parsed.wrong, `hours.wrong.${reason}`);
  });
}

test("what is shown is read as the same windows", () => {
  const next = chance(7);
  const text = (/** @type {number} */ minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  for (let round = 0; round < 2_000; round += 1) {
    const cuts = [...new Set(Array.from({ length: 2 * (1 + next(5)) }, () => next(1440)))].sort((a, b) => a - b);
    if (cuts.length % 2) cuts.pop();
    /** @type {[string, string][]} */
    const windows = [];
    for (let i = 0; i + 1 < cuts.length; i += 2) windows.push([text(cuts[i] ?? 0), text(cuts[i + 1] ?? 0)]);
    const last = windows.at(-1);
    if (last && next(4) === 0) last[1] = text(next(Math.max(1, Number(windows[0]?.[0].slice(0, 2)) * 60)) || 1440); // past midnight
    if (last?.[0] === last?.[1]) continue;
    assert.deepEqual(parseWindows(printWindows(windows)), { windows }, printWindows(windows));
  }
});

test("any text is either windows that fit, or said to be wrong", () => {
  const next = chance(11);
  const letters = "0123456789:-.,; –h am pm alle to closed";
  for (let round = 0; round < 5_000; round += 1) {
    const text = Array.from({ length: next(14) }, () => letters[next(letters.length)]).join("");
    const parsed = parseWindows(text);
    if ("wrong" in parsed) assert.match(parsed.wrong, /^hours\.wrong\./);
    else {
      for (const [opens, closes] of parsed.windows) {
        assert.match(opens, /^(?:[01]\d|2[0-3]):[0-5]\d$/);
        assert.match(closes, /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/);
        assert.notEqual(opens, closes);
      }
      assert.deepEqual(parsed.windows, sorted(parsed.windows));
      assert.deepEqual(parseWindows(printWindows(parsed.windows)), parsed, text);
    }
  }
});

test("closing now leaves what was open until now", () => {
  assert.deepEqual(cutAt([["09:00", "13:00"], ["14:00", "18:00"]], 15 * 60), [["09:00", "13:00"], ["14:00", "15:00"]]);
  assert.deepEqual(cutAt([["09:00", "13:00"], ["14:00", "18:00"]], 9 * 60), []);
  assert.deepEqual(cutAt([["22:00", "06:00"]], 23 * 60), [["22:00", "23:00"]]);
  assert.deepEqual(cutAt([["22:00", "06:00"]], 60, true), [["22:00", "01:00"]]);
  assert.deepEqual(cutAt([["22:00", "06:00"]], 0, true), [["22:00", "24:00"]]);
  assert.deepEqual(cutAt([["22:00", "06:00"]], 7 * 60, true), [["22:00", "06:00"]]);
});

test("nothing is open after the minute at which it closes", () => {
  for (let minute = 0; minute < 1440; minute += 7) {
    for (const window of cutAt([["00:00", "07:00"], ["09:00", "13:00"], ["20:00", "03:00"]], minute)) {
      assert.ok(span(window)[1] <= minute, `${window} at ${minute}`);
    }
  }
});
