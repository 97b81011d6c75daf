/** A conversation from its header to the field that one answers in. */
import { html } from "htm/preact";

/** @param {{id: string, onBack: () => void}} props */
export default function Conversation({ id }) {
  return html`<p>${id}</p>`;
}
