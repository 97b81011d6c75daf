/** The lists beside the conversation that is open. */
import { html } from "htm/preact";
import { t } from "../language/words.js";

/** @param {{view: import("./rows.js").View}} props */
export function Inbox({ view }) {
  return html`<main id="page" tabindex="-1"><h1>${t(`view.${view}`)}</h1></main>`;
}
