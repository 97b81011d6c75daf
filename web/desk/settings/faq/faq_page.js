/** The page of the questions that the bot answers. */
import { html } from "htm/preact";
import { t } from "../../language/words.js";
import { ContentPage } from "../content/content_page.js";
import { describeFaq } from "../content/descriptions.js";
import { FaqEditor } from "./faq_editor.js";

export default function FaqPage() {
  return html`<${ContentPage} kind="faq" editor=${FaqEditor} intro=${t("faq.intro")} describe=${describeFaq} />`;
}
