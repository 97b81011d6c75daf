/** A page that is loaded when it is first wanted. */
import { html } from "htm/preact";
import { t } from "../language/words.js";

export default function Page() {
  return html`<main id="page" tabindex="-1"><h1>${t("page.board")}</h1></main>`;
}
