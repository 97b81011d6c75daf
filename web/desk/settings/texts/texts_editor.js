/** What Sportello itself says: in whose words, and how it sounds. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { TONES } from "../../api/values.js";
import { languageName } from "../../language/formats.js";
import { isSaid, t } from "../../language/words.js";
import { ChoiceField, TextField } from "../content/fields.js";
import { known, languagesWith, optionsOf } from "../content/known.js";
import { FormHead, ListAndForm, tellRemoved, useChosen } from "../content/list_and_form.js";
import { useSpokenText } from "./spoken_texts.js";
import { hasLooseBrace, ownLanguages, textFault, withText } from "./wording.js";

/** @typedef {import("./wording.js").TextDocument} TextDocument */
/** @typedef {import("../content/content_page.js").EditorProps<TextDocument>} Props */

const PLACE = ["texts"];

/** @param {Props} props */
export function TextsEditor({ document, change, wrongAt, readOnly }) {
  const { key } = useChosen(PLACE);
  const [tone, setTone] = useState("neutral");
  const languages = languagesWith(document.texts);
  const written = Object.values(document.texts).flatMap((own) => Object.keys(own));
  const names = [...new Set([...known.value.textNames, ...written])];
  const languageOptions = languages.map((code) => ({ value: code, label: languageName(code) }));
  return html`
    <div class="fields columns">
      <fieldset disabled=${readOnly}>
        <${ChoiceField} label=${t("texts.default_language")} hint=${t("texts.default_language.hint")} value=${document.default_language}
          options=${languageOptions} wrong=${wrongAt(["default_language"])}
          onChange=${(/** @type {string} */ default_language) => change({ ...document, default_language })} />
      </fieldset>
      <${ChoiceField} label=${t("texts.tone")} hint=${t("texts.tone.hint")} value=${tone} options=${optionsOf(TONES, (one) => t(`tone.${one}`))} onChange=${setTone} />
    </div>
    <${ListAndForm} name=${t("texts.list")} place=${PLACE} rows=${names.map((name) => listRow(document, name))} chosen=${key}
      empty=${t("texts.empty")} choose=${t("texts.choose")}>
      ${key && html`
        <${FormHead} title=${titleOfText(key)} />
        ${isSaid(`text.${key}.when`) && html`<p class="muted">${t(`text.${key}.when`)}</p>`}
        ${languages.map((language) => html`
          <${InLanguage} key=${key + language} ...${{ document, change, wrongAt, readOnly, language, tone, name: key }} />`)}`}
    <//>`;
}

/** @param {string} name */
const titleOfText = (name) => (isSaid(`text.${name}`) ? t(`text.${name}`) : name.replaceAll("_", " "));

/** @param {TextDocument} document @param {string} name @returns {import("../content/list_and_form.js").ListRow} */
function listRow(document, name) {
  const own = ownLanguages(document, name);
  const words = own.map((language) => document.texts[language]?.[name]).join("\n");
  return {
    key: name, title: titleOfText(name), words,
    note: own.length ? t("texts.own_in", { languages: own.map(languageName).join(", ") }) : t("texts.packaged"),
  };
}

/** @param {Props & {language: string, tone: string, name: string}} props */
function InLanguage({ document, change, wrongAt, readOnly, language, tone, name }) {
  const own = document.texts[language]?.[name] ?? "";
  const [allowed, setAllowed] = useState(/** @type {string[] | null} */ (null));
  const unfit = own && allowed ? faultWords(name, own, allowed) : "";
  const { spoken, trouble, isOld } = useSpokenText(document, language, tone, name, !!unfit);
  useEffect(() => { if (spoken) setAllowed(spoken.placeholders.map((one) => one.name)); }, [spoken]);
  const write = (/** @type {string} */ wording) => change((now) => withText(now, language, name, wording));
  const reset = () => {
    write("");
    tellRemoved(t("texts.own_wording", { title: titleOfText(name), language: languageName(language) }), () => write(own));
  };
  return html`
    <section class="panel in-language" aria-label=${languageName(language)}>
      <div class="form-head">
        <h3>${languageName(language)}</h3>
        <span class="pill ${own ? "own" : "off"}">${t(own ? "texts.is_own" : "texts.is_packaged")}</span>
      </div>
      <fieldset class="fields" disabled=${readOnly}>
        <${TextField} label=${t("texts.wording")} rows=${4} lang=${language} value=${own} onChange=${write}
          hint=${own ? t("texts.all_tones") : t("texts.wording.hint")}
          wrong=${unfit || wrongAt(["texts", language, name])} />
        ${own && hasLooseBrace(own) && html`<p class="notice due">${t("texts.loose_brace")}</p>`}
        ${spoken && html`<${Placeholders} placeholders=${spoken.placeholders} onTake=${(/** @type {string} */ place) => write(`${own}{${place}}`)} isOwn=${!!own} />`}
        ${own && html`<div class="buttons"><button type="button" onClick=${reset}>${t("texts.reset")}</button></div>`}
      </fieldset>
      <div class="preview">
        <span class="label">${t(isOld && !trouble ? "texts.preview.coming" : "texts.preview")}</span>
        ${trouble ? html`<p class="notice late" role="status">${trouble}</p>`
          : spoken ? html`<p class="said-by-bot" lang=${language}>${spoken.text}</p>`
          : html`<p class="muted">${t("loading")}</p>`}
        ${own && spoken && html`<details><summary>${t("texts.see_packaged")}</summary><p lang=${language}>${spoken.packaged}</p></details>`}
      </div>
    </section>`;
}

/** @param {string} name @param {string} wording @param {string[]} allowed */
function faultWords(name, wording, allowed) {
  const fault = textFault(name, wording, allowed);
  if (fault?.kind === "unknown") {
    return t(allowed.length ? "texts.unknown_place" : "texts.no_places", {
      names: fault.names.map((one) => `{${one}}`).join(", "), allowed: allowed.map((one) => `{${one}}`).join(", "),
    });
  }
  return fault?.kind === "long" ? t("content.too_long", { length: [...wording].length, most: fault.most }) : "";
}

/** What stands for what; a button puts it at the end. @param {{placeholders: {name: string, sample: string}[], onTake: (name: string) => void, isOwn: boolean}} props */
function Placeholders({ placeholders, onTake, isOwn }) {
  if (!placeholders.length) return html`<p class="hint muted">${t("texts.no_placeholders")}</p>`;
  return html`
    <dl class="placeholders">
      ${placeholders.map(({ name, sample }) => html`
        <div key=${name}>
          <dt><code>${`{${name}}`}</code></dt>
          <dd>${isSaid(`place.${name}`) && t(`place.${name}`)} <span class="muted">${t("texts.sample", { sample })}</span></dd>
          ${isOwn && html`<dd><button type="button" class="link" onClick=${() => onTake(name)}>${t("content.insert")}<span class="aside-only"> ${name}</span></button></dd>`}
        </div>`)}
    </dl>`;
}
