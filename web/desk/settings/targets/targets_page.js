/** The page of how soon customers are to be answered. */
import { html } from "htm/preact";
import { t } from "../../language/words.js";
import { ContentPage } from "../content/content_page.js";
import { describePolicies } from "../content/descriptions.js";
import { TargetsEditor } from "./targets_editor.js";

export default function TargetsPage() {
  return html`<${ContentPage} kind="sla_policies" editor=${TargetsEditor} intro=${t("targets.intro")} describe=${describePolicies} />`;
}
