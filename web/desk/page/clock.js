/** The server's time, by which everything counts down: one timer for the whole page. */
import { signal } from "@preact/signals";

let offset = 0;

/** Milliseconds since 1970 by the server's clock, anew each second. */
export const now = signal(Date.now());

/** The server's clock at this very moment. */
export const serverTime = () => Date.now() + offset;

/**
 * Learn how far this machine's clock is off; `asked` is when the question left, to share the way.
 *
 * @param {string} serverSays @param {number} asked
 */
export function setClock(serverSays, asked) {
  const halfway = asked + (Date.now() - asked) / 2;
  offset = new Date(serverSays).getTime() - halfway;
  now.value = serverTime();
}

/** @returns {() => void} stops it */
export function startClock() {
  const timer = setInterval(() => { now.value = serverTime(); }, 1000);
  return () => clearInterval(timer);
}
