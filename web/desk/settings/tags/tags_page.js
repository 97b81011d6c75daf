/** The page of what conversations are sorted by. */
import { html } from "htm/preact";
import { t } from "../../language/words.js";
import { ContentPage } from "../content/content_page.js";
import { describeTags } from "../content/descriptions.js";
import { TagsEditor } from "./tags_editor.js";

export default function TagsPage() {
  return html`<${ContentPage} kind="tags" editor=${TagsEditor} intro=${t("tags.intro")} describe=${describeTags} />`;
}
