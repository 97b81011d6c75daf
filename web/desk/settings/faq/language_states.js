/** With what each language is answered: entries of one's own, the packaged ones, or none. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { read } from "../../api/api.js";
import { Problem, wordsOf } from "../../api/problem.js";
import { tell, tellTrouble } from "../../page/messages.js";
import { languageName } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { withList, withPackaged } from "./entries.js";

/** @typedef {import("./entries.js").FaqDocument} FaqDocument */

/** @param {{document: FaqDocument, change: (next: any) => void, languages: string[], readOnly: boolean}} props */
export function LanguageStates({ document, change, languages, readOnly }) {
  return html`
    <section class="panel language-states" aria-label=${t("faq.languages")}>
      <ul>
        ${languages.map((language) => html`<${LanguageState} key=${language} ...${{ document, change, language, readOnly }} />`)}
      </ul>
    </section>`;
}

/** @param {{document: FaqDocument, change: (next: any) => void, language: string, readOnly: boolean}} props */
function LanguageState({ document, change, language, readOnly }) {
  const own = document.entries[language];
  const name = languageName(language);
  const backToPackaged = () => {
    change(withPackaged(document, language));
    if (own?.length) {
      tell(t("faq.packaged_again", { language: name }), {
        label: t("content.undo"), act: () => change((/** @type {FaqDocument} */ now) => withList(now, language, own)),
      });
    }
  };
  return html`
    <li>
      <b>${name}</b>
      <span>${!own ? t("faq.state.packaged") : own.length ? t("faq.state.own", { count: own.length }) : t("faq.state.none")}</span>
      ${!readOnly && html`
        <span class="buttons">
          ${own
            ? html`<button type="button" class="plain" onClick=${backToPackaged}>${t("faq.to_packaged")}<span class="aside-only"> ${name}</span></button>`
            : html`
              <${TakeOver} language=${language} change=${change} />
              <button type="button" class="plain" onClick=${() => change(withList(document, language, []))}>${t("faq.to_none")}<span class="aside-only"> ${name}</span></button>`}
        </span>`}
    </li>`;
}

/** Begin from the packaged entries, to change some of them. @param {{language: string, change: (next: any) => void}} props */
function TakeOver({ language, change }) {
  const [state, setState] = useState(/** @type {"" | "reading" | "not_there"} */ (""));
  const take = async () => {
    setState("reading");
    try {
      const { entries } = await read("/settings/faq/packaged", { language });
      change((/** @type {FaqDocument} */ now) => (now.entries[language] ? now : withList(now, language, entries)));
      setState("");
    } catch (error) {
      // A stack of an earlier version does not hand them out.
      setState(error instanceof Problem && error.status === 404 ? "not_there" : "");
      if (!(error instanceof Problem && error.status === 404)) tellTrouble(wordsOf(error), { label: t("try_again"), act: () => void take() });
    }
  };
  if (state === "not_there") return html`<span class="muted" role="status">${t("faq.packaged_unseen")}</span>`;
  return html`
    <button type="button" class="plain" disabled=${state === "reading"} onClick=${() => void take()}>
      ${t("faq.take_over")}<span class="aside-only"> ${languageName(language)}</span>
    </button>`;
}
