/** One site: its name to customers, its colour, what it says, where it may stand. */
import { html } from "htm/preact";
import { languageName } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Check, ChoiceField, LinesField, WordsByLanguage } from "../content/fields.js";
import { languagesWith, optionsOf } from "../content/known.js";
import { withWords } from "../content/lists.js";
import { ColourField } from "./colour_field.js";
import { LONGEST_NAME, LONGEST_WORDS, MOST_ORIGINS, originFault, originsOf } from "./sites.js";

/** @typedef {import("./sites.js").Site} Site */

/** @param {{site: Site, onChange: (site: Site) => void, wrongAt: (path: (string | number)[]) => string, readOnly: boolean}} props */
export function SiteForm({ site, onChange, wrongAt, readOnly }) {
  const put = (/** @type {Partial<Site>} */ changed) => onChange({ ...site, ...changed });
  const languages = languagesWith(site.name, site.greeting, site.closed);
  const words = (/** @type {"name" | "greeting" | "closed"} */ field, /** @type {any} */ more) => html`
    <${WordsByLanguage} label=${t(`widget.${field}`)} languages=${languages} words=${site[field]} ...${more}
      wrongAt=${(/** @type {string} */ language) => wrongAt([field, language])}
      onChange=${(/** @type {string} */ language, /** @type {string} */ text) => put({ [field]: withWords(site[field], language, text) })} />`;
  const missing = languages.filter((language) => !site.name[language]);
  return html`
    <fieldset class="fields" disabled=${readOnly}>
      <${Check} label=${t("widget.enabled")} checked=${site.enabled} onChange=${(/** @type {boolean} */ enabled) => put({ enabled })} />
      <section class="fields" aria-labelledby="site-looks">
        <h3 id="site-looks">${t("widget.looks")}</h3>
        <div class="fields columns">${words("name", { most: LONGEST_NAME })}</div>
        ${missing.length > 0 && html`<p class="muted">${t("widget.name.missing", { languages: missing.map(languageName).join(", ") })}</p>`}
        <${ColourField} value=${site.colour} onChange=${(/** @type {string} */ colour) => put({ colour })} wrong=${wrongAt(["colour"])} />
        <${ChoiceField} label=${t("widget.corner")} value=${site.corner} options=${optionsOf(["right", "left"], (one) => t(`widget.corner.${one}`))}
          onChange=${(/** @type {any} */ corner) => put({ corner })} />
      </section>
      <section class="fields" aria-labelledby="site-words">
        <h3 id="site-words">${t("widget.words")}</h3>
        <p class="muted">${t("widget.words.hint")}</p>
        ${words("greeting", { most: LONGEST_WORDS, rows: 3 })}
        ${words("closed", { most: LONGEST_WORDS, rows: 3 })}
      </section>
      <section class="fields" aria-labelledby="site-origins">
        <h3 id="site-origins">${t("widget.where")}</h3>
        <${LinesField} label=${t("widget.origins")} hint=${t("widget.origins.hint")} value=${site.origins} parse=${originsOf}
          wrong=${originsWrong(site.origins) || wrongAt(["origins"])} onChange=${(/** @type {string[]} */ origins) => put({ origins })} />
        ${!site.origins.length && html`<p class="notice due">${t("widget.no_origins.warning")}</p>`}
      </section>
    </fieldset>`;
}

/** @param {string[]} origins */
function originsWrong(origins) {
  if (origins.length > MOST_ORIGINS) return t("widget.origins.many", { most: MOST_ORIGINS });
  const unfit = origins.find((origin) => originFault(origin));
  return unfit === undefined ? "" : t(`widget.origin.${originFault(unfit)}`, { origin: unfit });
}
