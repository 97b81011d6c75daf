/** How the chat window will look on a site: drawn in its colour, nothing in it works. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { languageName } from "../../language/formats.js";
import { language as shownLanguage, t } from "../../language/words.js";
import { Check, ChoiceField } from "../content/fields.js";
import { languagesWith } from "../content/known.js";
import { isColour, nearestReadable, textOn } from "./contrast.js";
import { PACKAGED_COLOUR } from "./sites.js";

/** @param {{site: import("./sites.js").Site}} props */
export function SitePreview({ site }) {
  const languages = languagesWith(site.name, site.greeting, site.closed);
  const [language, setLanguage] = useState(languages.includes(shownLanguage.value) ? shownLanguage.value : languages[0] ?? "");
  const [isClosed, setClosed] = useState(false);
  const colour = nearestReadable(isColour(site.colour) ? site.colour : PACKAGED_COLOUR);
  const own = { backgroundColor: colour, color: textOn(colour).text };
  const name = site.name[language];
  const greeting = site.greeting[language];
  const closed = site.closed[language];
  return html`
    <section class="panel try" aria-labelledby="site-preview">
      <h2 id="site-preview">${t("widget.preview")}</h2>
      <div class="fields">
        <${ChoiceField} label=${t("widget.preview.language")} value=${language} onChange=${setLanguage}
          options=${languages.map((code) => ({ value: code, label: languageName(code) }))} />
        <${Check} label=${t("widget.preview.closed")} checked=${isClosed} onChange=${setClosed} />
      </div>
      <div class="site-picture ${site.corner}" aria-hidden="true">
        <div class="widget-picture">
          <div class="widget-bar" style=${own}>${name ?? t("widget.preview.no_name")}</div>
          <div class="widget-words" lang=${language}>
            <p class="widget-message">${greeting ?? t("widget.preview.packaged")}</p>
            ${isClosed && html`<p class="widget-message">${closed ?? t("widget.preview.packaged_closed")}</p>`}
            <p class="widget-mine" style=${own}>${t("widget.preview.customer")}</p>
          </div>
        </div>
        <div class="widget-launcher" style=${own}></div>
      </div>
      <p class="muted">${t("widget.preview.drawn", { corner: t(`widget.corner.${site.corner}`) })}</p>
    </section>`;
}
