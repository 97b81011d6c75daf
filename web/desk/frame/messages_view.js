/** Where passing messages are shown and said. */
import { html } from "htm/preact";
import { t } from "../language/words.js";
import { useFocusKept } from "../parts/focus_kept.js";
import { Icon } from "../parts/icon.js";
import { dismiss, messages } from "../page/messages.js";

/** Troubles interrupt, all else waits until the reader pauses. */
export function Messages() {
  const of = (/** @type {string} */ kind) => messages.value.filter((message) => message.kind === kind);
  return html`
    <div class="messages">
      <div role="alert">${of("trouble").map((message) => html`<${Shown} key=${message.id} message=${message} />`)}</div>
      <div role="status">${of("plain").map((message) => html`<${Shown} key=${message.id} message=${message} />`)}</div>
    </div>`;
}

/** @param {{message: import("../page/messages.js").Message}} props */
function Shown({ message }) {
  const { wayOut } = message;
  const shown = useFocusKept();
  return html`
    <div class="message ${message.kind}" ref=${shown}>
      <span>${message.text}</span>
      ${wayOut && html`<button type="button" onClick=${() => { dismiss(message.id); wayOut.act(); }}>${wayOut.label}</button>`}
      <button type="button" class="plain icon" aria-label=${t("close")} onClick=${() => dismiss(message.id)}>
        <${Icon} mark="close" />
      </button>
    </div>`;
}
