/** The page of what agents say and do again and again. */
import { html } from "htm/preact";
import { t } from "../../language/words.js";
import { ContentPage } from "../content/content_page.js";
import { describeCanned } from "../content/descriptions.js";
import { CannedEditor } from "./canned_editor.js";

export default function CannedPage() {
  return html`<${ContentPage} kind="canned_replies" editor=${CannedEditor} intro=${t("canned.intro")} describe=${describeCanned} />`;
}
