/** Which time matters first, and why something is due when it is: in words to be said. Pure. */

/** @typedef {import("../../api/shapes.d.ts").Clock} Clock */
/** @typedef {{start: string, end: string, counted: boolean, reason: string, label?: string}} Span */
/** @typedef {{at: string, reason: string, policy: string, policy_version: number, calendar: string | null, calendar_version: number, target_seconds: number, due_at: string | null}} Revision */
/** @typedef {{counted_seconds: number, carried_seconds: number, spans: Span[], revisions: Revision[]}} Explanation */
/** @typedef {{key: string, seconds?: number, start?: string, end?: string, label?: string, counted: boolean}} Line */

const ENDED = new Set(["achieved", "breached", "cancelled"]);

/** @param {Clock} clock */
export const isRunning = (clock) => !ENDED.has(clock.state);

/** The clock that is due first, as rows have it. @param {readonly Clock[]} clocks */
export function nextDue(clocks) {
  return clocks.filter((clock) => isRunning(clock) && clock.due_at)
    .sort((one, other) => millis(one.due_at ?? "") - millis(other.due_at ?? ""))
    .map((clock) => ({ kind: clock.kind, at: clock.due_at, state: clock.state }))[0] ?? null;
}

/** Which clocks are worth showing: those that run, the next first, and those that have ended late. @param {readonly Clock[]} clocks */
export function shownClocks(clocks) {
  const place = (/** @type {Clock} */ clock) => isRunning(clock) ? (clock.due_at ? millis(clock.due_at) : Infinity) : -Infinity;
  const running = clocks.filter(isRunning).sort((one, other) => place(one) - place(other));
  return [...running, ...clocks.filter((clock) => !isRunning(clock) && clock.state !== "cancelled")];
}

/** How much of a clock's time is used up, 0 to 1, by the clock on the wall. @param {Clock} clock @param {number} now */
export function share(clock, now) {
  if (!isRunning(clock) || clock.state === "breaching") return 1;
  if (!clock.due_at) return 0;
  const [from, due] = [millis(clock.started_at), millis(clock.due_at)];
  return due > from ? Math.min(1, Math.max(0, (now - from) / (due - from))) : 1;
}

/** The explanation as lines: what counted before, each stretch, neighbours of one reason together. @param {Explanation} explanation @returns {Line[]} */
export function linesOf({ spans, carried_seconds }) {
  /** @type {Line[]} */
  const lines = carried_seconds > 0 ? [{ key: "why.carried", seconds: carried_seconds, counted: true }] : [];
  for (const span of spans) {
    const last = lines.at(-1);
    if (last?.end === span.start && last.key === `why.${span.reason}` && last.label === (span.label ?? "") && last.counted === span.counted)
      Object.assign(last, { end: span.end, seconds: (last.seconds ?? 0) + seconds(span) });
    else if (seconds(span) > 0)
      lines.push({ key: `why.${span.reason}`, start: span.start, end: span.end, seconds: seconds(span), label: span.label ?? "", counted: span.counted });
  }
  return lines;
}

/** @param {Span} span */
const seconds = (span) => (millis(span.end) - millis(span.start)) / 1000;

/** @param {string} instant */
const millis = (instant) => new Date(instant).getTime();
