/** How old figures are, in steps, so that nothing flickers. */

const STEP_SECONDS = 10;

/**
 * `every` is how often they are read: after three readings that failed they are not of now any more.
 *
 * @param {number} at @param {number} now @param {number} every seconds
 */
export function ageOf(at, now, every) {
  const seconds = Math.max(0, Math.floor((now - at) / 1000 / STEP_SECONDS) * STEP_SECONDS);
  return { seconds, stale: seconds >= 3 * every };
}
