/** How long until something is due, in figures, a colour and a word: never by colour alone. */
import { html } from "htm/preact";
import { now } from "../page/clock.js";
import { clockFace, fullMoment, millis } from "../language/formats.js";
import { t } from "../language/words.js";

const SOON_SECONDS = 120;

/** @typedef {{text: string, kind: "ok" | "due" | "late" | "off"}} Reading */

/**
 * @param {{at: string | null, state: string} | null} due a clock as a row has it
 * @param {number} at milliseconds
 * @returns {Reading | null}
 */
export function reading(due, at) {
  if (!due) return null;
  if (due.state === "paused" || !due.at) return { text: t("due.paused"), kind: "off" };
  const left = (millis(due.at) - at) / 1000;
  if (left <= 0) return { text: t("due.late", { by: clockFace(-left) }), kind: "late" };
  const soon = left < SOON_SECONDS || due.state === "imminent";
  return { text: clockFace(left), kind: soon ? "due" : "ok" };
}

/** @param {{due: {kind?: string, at: string | null, state: string} | null, words?: string}} props `words` holds `{left}` */
export function Countdown({ due, words }) {
  const read = reading(due, now.value);
  if (!read || !due) return null;
  const shown = words && read.kind !== "late" && read.kind !== "off" ? t(words, { left: read.text }) : read.text;
  return html`<span class="pill ${read.kind}" title=${due.at ? fullMoment(due.at) : undefined}>${shown}</span>`;
}
