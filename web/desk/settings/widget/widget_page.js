/** The page of the chat window on the business's own sites. */
import { html } from "htm/preact";
import { t } from "../../language/words.js";
import { ContentPage } from "../content/content_page.js";
import { describeSites } from "../content/descriptions.js";
import { WidgetEditor } from "./widget_editor.js";

export default function WidgetPage() {
  return html`<${ContentPage} kind="widget" editor=${WidgetEditor} intro=${t("widget.intro")} describe=${describeSites} />`;
}
