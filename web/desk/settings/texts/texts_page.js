/** The page of what Sportello itself says. */
import { html } from "htm/preact";
import { t } from "../../language/words.js";
import { ContentPage } from "../content/content_page.js";
import { describeTexts } from "../content/descriptions.js";
import { TextsEditor } from "./texts_editor.js";

export default function TextsPage() {
  return html`<${ContentPage} kind="texts" editor=${TextsEditor} intro=${t("texts.intro")} describe=${describeTexts} />`;
}
