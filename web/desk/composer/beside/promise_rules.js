/** Until when an answer is promised, from what somebody chose. */

/** @typedef {import("../writing.js").Promised} Promised */

const LEAST_SECONDS = 60;
const MOST_SECONDS = 30 * 86_400;

/** Seconds from now on, as the desk takes them. @param {Promised} promised @param {number} now */
export function withinSeconds(promised, now) {
  const seconds = "seconds" in promised ? promised.seconds : Math.round((promised.at - now) / 1000);
  return Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, seconds));
}

/** Whether its time has come before it was sent. @param {Promised} promised @param {number} now */
export const isPast = (promised, now) => "at" in promised && promised.at - now < LEAST_SECONDS * 1000;

/** The instant at a time of day, the next that comes. @param {string} time as a time field has it @param {number} now */
export function nextAt(time, now) {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const at = new Date(now);
  at.setHours(hours, minutes, 0, 0);
  if (at.getTime() - now < LEAST_SECONDS * 1000) at.setDate(at.getDate() + 1);
  return at.getTime();
}

/** The hours on the clock that an answer may be promised by today. @param {number} now @param {readonly number[]} hours */
export const laterToday = (now, hours) => hours
  .map((hour) => new Date(now).setHours(hour, 0, 0, 0))
  .filter((at) => at - now > 30 * 60_000);
