/** Durations as people type them: `20`, `5:00`, `4 h`, `1 h 30`, `2 days`. A bare number is seconds. */

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** @type {Record<string, number>} the beginning of a unit's name in English and Italian */
const UNITS = { s: 1, m: MINUTE, h: HOUR, o: HOUR, d: DAY, g: DAY };
const WORDS = /^(?:s|sec|secs|secondo|secondi|second|seconds|m|min|mins|minuto|minuti|minute|minutes|h|ora|ore|hour|hours|d|day|days|g|gg|giorno|giorni)\.?$/;
const CLOCK = /^(?:(\d{1,5}):)?(\d{1,5}):([0-5]\d)$/;
const PIECE = /(\d{1,9}(?:[.,]\d{1,3})?)\s*([a-z.]*)\s*/y;

/** @param {string} text @returns {number | null} whole seconds; null: it is no duration */
export function parseDuration(text) {
  const typed = text.trim().toLowerCase().replace(/\b(?:and|e)\b/g, " ").replace(/\s+/g, " ");
  const clock = CLOCK.exec(typed);
  if (clock) return clockSeconds(clock);
  return typed ? sumOf(typed) : null;
}

/** @param {RegExpExecArray} clock h:mm:ss or m:ss @returns {number | null} */
function clockSeconds([, hours, minutes, seconds]) {
  if (hours !== undefined && Number(minutes) > 59) return null;
  return Number(hours ?? 0) * HOUR + Number(minutes) * MINUTE + Number(seconds);
}

/** @param {string} typed @returns {number | null} */
function sumOf(typed) {
  let [total, last] = [0, Infinity];
  PIECE.lastIndex = 0;
  while (PIECE.lastIndex < typed.length) {
    const piece = PIECE.exec(typed);
    const unit = piece && unitOf(piece[2] ?? "", last);
    if (!piece || !unit || unit >= last) return null;
    total += Number(piece[1]?.replace(",", ".")) * unit;
    last = unit;
  }
  return Number.isInteger(Math.round(total * 1000) / 1000) ? Math.round(total) : null;
}

/** After hours a bare number is minutes, after minutes seconds. @param {string} word @param {number} last */
function unitOf(word, last) {
  if (word) return WORDS.test(word) ? UNITS[word.charAt(0)] : undefined;
  if (last === Infinity) return 1;
  return { [HOUR]: MINUTE, [MINUTE]: 1 }[last];
}

/**
 * A duration as it is typed: `20 s`, `5:00`, `4 h`, `1 h 30 min`, `3 d`.
 *
 * @param {number} seconds @param {string} [day] what stands for days
 */
export function typedDuration(seconds, day = "d") {
  if (seconds < MINUTE) return `${seconds} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}:${String(seconds % MINUTE).padStart(2, "0")}`;
  if (seconds % DAY === 0) return `${seconds / DAY} ${day}`;
  const [hours, minutes, rest] = [Math.floor(seconds / HOUR), Math.floor((seconds % HOUR) / MINUTE), seconds % MINUTE];
  return [`${hours} h`, minutes && `${minutes} min`, rest && `${rest} s`].filter(Boolean).join(" ");
}

/** A duration in words, exactly: `20 seconds`, `1 hour 30 minutes`. @param {number} seconds @param {string} language */
export function spokenDuration(seconds, language) {
  const days = seconds % DAY === 0 ? seconds / DAY : 0;
  const rest = seconds - days * DAY;
  const parts = [
    /** @type {const} */ (["day", days]),
    /** @type {const} */ (["hour", Math.floor(rest / HOUR)]),
    /** @type {const} */ (["minute", Math.floor((rest % HOUR) / MINUTE)]),
    /** @type {const} */ (["second", rest % MINUTE]),
  ].filter(([, count]) => count > 0);
  const said = parts.length ? parts : [/** @type {const} */ (["second", 0])];
  return said.map(([unit, count]) =>
    new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count)).join(" ");
}
