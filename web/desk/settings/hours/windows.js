/** Opening windows as people type them, and as they are shown. Pure. */

/** @typedef {[string, string]} Window opens, closes; one that closes earlier than it opens closes the next day */
/** @typedef {{windows: Window[]} | {wrong: string, at: string}} Parsed `wrong` is a key of words, `at` the text it is about */

const DAY = 24 * 60;
const MOST = 288;
const CLOSED = /^(?:|-+|–|—|no|closed|chius[oaie]|riposo)$/u;
const ALL_DAY = /^(?:24 ?h|24 ?ore|24 ?hours|0?0?-?24|h ?24|always|sempre|all day|tutto il giorno|aperto sempre)$/u;
const TIME = String.raw`(\d{1,2})(?:[:.h]([0-5]\d)|([0-5]\d)(?!\d)|h)?\s*(am|pm|a\.m\.|p\.m\.)?`;
const RANGE = new RegExp(String.raw`(?<![\d:.])${TIME}\s*(?:-|–|—|\bto\b|\buntil\b|\balle\b|\ball'|\ba\b|\bfino alle\b)\s*(?:ore\s*)?${TIME}(?!\d)`, "gu");
const BETWEEN = /^(?:[\s,;/+&]|\be\b|\band\b|\bdalle\b|\bdall'|\bfrom\b|\bore\b)*$/u;

/** @param {string} text @returns {Parsed} */
export function parseWindows(text) {
  const plain = text.trim().toLowerCase().replace(/\s+/gu, " ");
  if (CLOSED.test(plain)) return { windows: [] };
  if (ALL_DAY.test(plain)) return { windows: [["00:00", "24:00"]] };
  /** @type {Window[]} */
  const windows = [];
  const matches = [...plain.matchAll(RANGE)];
  for (const match of matches) {
    const window = windowOf(match);
    if (typeof window === "string") return { wrong: window, at: match[0].trim() };
    windows.push(window);
  }
  const rest = plain.replace(RANGE, "\n").split("\n").find((piece) => !BETWEEN.test(piece));
  if (rest !== undefined) return { wrong: "hours.wrong.not_understood", at: rest.trim() };
  return fitting(sorted(windows));
}

/** @param {RegExpMatchArray} match @returns {Window | string} */
function windowOf(match) {
  const opens = minutesOf(match.slice(1, 5));
  let closes = minutesOf(match.slice(5, 9));
  if (closes === 0) closes = DAY; // midnight at the end of the day
  if (opens === null || closes === null || opens === DAY) return "hours.wrong.no_time";
  if (opens === closes) return "hours.wrong.same";
  return [clock(opens), clock(closes)];
}

/** @param {(string | undefined)[]} parts hour, minute, minute without a colon, half of the day @returns {number | null} */
function minutesOf([hour = "", minute, joined, half]) {
  const hours = Number(hour);
  if (half && (hours < 1 || hours > 12)) return null;
  const whole = half ? (hours % 12) + (half.startsWith("p") ? 12 : 0) : hours;
  const minutes = whole * 60 + Number(minute ?? joined ?? 0);
  return minutes <= DAY ? minutes : null;
}

/** @param {Window[]} windows @returns {Parsed} */
function fitting(windows) {
  if (windows.length > MOST) return { wrong: "hours.wrong.too_many", at: "" };
  const spans = windows.map(span);
  const place = spans.findIndex(([opens], i) => i > 0 && opens < /** @type {[number, number]} */ (spans[i - 1])[1]);
  const [one, other] = [windows[place - 1], windows[place]];
  return one && other ? { wrong: "hours.wrong.overlap", at: printWindows([one, other]) } : { windows };
}

/** @param {readonly Window[]} windows @returns {Window[]} */
export const sorted = (windows) => windows.toSorted((one, other) => one[0].localeCompare(other[0]) || span(one)[1] - span(other)[1]);

/** Minutes since the midnight that begins the day; beyond 1440 on the next one. @param {Window} window @returns {[number, number]} */
export function span([opens, closes]) {
  const [from, to] = [ofClock(opens), ofClock(closes)];
  return [from, to > from ? to : to + DAY];
}

/** @param {string} text */
function ofClock(text) {
  const [hours = 0, minutes = 0] = text.split(":").map(Number);
  return hours * 60 + minutes;
}

/** @param {number} minutes */
export const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** `09:00-13:00, 14:00-18:00`; empty for none. @param {readonly Window[]} windows */
export const printWindows = (windows) => windows.map(([opens, closes]) => `${opens}-${closes}`).join(", ");

/**
 * What is left of a day's windows when everything closes at a minute of it. What opens on the day
 * before and closes on this one is cut with `dayBefore`.
 *
 * @param {readonly Window[]} windows @param {number} minute @param {boolean} [dayBefore] @returns {Window[]}
 */
export function cutAt(windows, minute, dayBefore = false) {
  const end = minute + (dayBefore ? DAY : 0);
  return windows.flatMap((window) => {
    const [opens, closes] = span(window);
    if (closes <= end) return [window];
    if (opens >= end) return [];
    return [/** @type {Window} */ ([window[0], end === DAY ? "24:00" : clock(end % DAY)])];
  });
}

/** Whether one of them closes on the next day. @param {readonly Window[]} windows */
export const passesMidnight = (windows) => windows.some((window) => span(window)[1] > DAY);
