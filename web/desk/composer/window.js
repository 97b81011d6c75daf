/** Until when a channel takes a reply, as somebody has to know who writes one. */

/** @typedef {import("../api/shapes.d.ts").ReplyWindow} ReplyWindow */
/** @typedef {{state: "none" | "open" | "near" | "closed", left: number}} WindowReading `left` in seconds */

const NEAR_SECONDS = 3_600;

/** @param {ReplyWindow | null} window @param {number} now milliseconds @returns {WindowReading} */
export function windowReading(window, now) {
  if (!window) return { state: "none", left: 0 };
  if (!window.until) return { state: window.open ? "none" : "closed", left: 0 };
  const left = Math.floor((new Date(window.until).getTime() - now) / 1000);
  if (!window.open || left <= 0) return { state: "closed", left: 0 };
  return { state: left < NEAR_SECONDS ? "near" : "open", left };
}
