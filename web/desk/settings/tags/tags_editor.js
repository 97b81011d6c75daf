/** What conversations are sorted by. A tag's name stays in the log for good: it is chosen once. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { language, t } from "../../language/words.js";
import { languageName } from "../../language/formats.js";
import { Check, TextField, typed } from "../content/fields.js";
import { languagesWith } from "../content/known.js";
import { asName, lacking } from "../content/lists.js";
import { tellRemoved } from "../content/list_and_form.js";
import { LONGEST_TITLE, MOST_TAGS, PACKAGED_COLOUR, titleOfTag, titlesTwice, withTitle } from "./names.js";

/** @typedef {import("./names.js").TagDocument} TagDocument */
/** @typedef {import("../content/content_page.js").EditorProps<TagDocument>} Props */

/** @param {Props} props */
export function TagsEditor({ document, change, wrongAt, readOnly }) {
  const languages = languagesWith(...Object.values(document.tags).map((tag) => tag.title));
  const twice = titlesTwice(document, language.value);
  const names = Object.keys(document.tags);
  return html`
    <fieldset class="fields" disabled=${readOnly}>
      <${Check} label=${t("tags.free")} checked=${document.free} onChange=${(/** @type {boolean} */ free) => change({ ...document, free })} />
      <p class="muted">${t(document.free ? "tags.free.on" : "tags.free.off")}</p>
      ${twice.length > 0 && html`<p class="notice due">${t("tags.twice", { names: twice.join(", ") })}</p>`}
      <ul class="tags-list" aria-label=${t("tags.list")}>
        ${names.map((name) => html`<${TagRow} key=${name} ...${{ name, document, change, wrongAt, languages, readOnly }} />`)}
      </ul>
      ${!names.length && html`<p class="muted">${t(document.free ? "tags.empty.free" : "tags.empty")}</p>`}
      ${!readOnly && names.length < MOST_TAGS && html`<${NewTag} document=${document} change=${change} />`}
    </fieldset>`;
}

/** @param {Props & {name: string, languages: string[]}} props */
function TagRow({ name, document, change, wrongAt, languages, readOnly }) {
  const tag = document.tags[name];
  if (!tag) return null;
  const put = (/** @type {string} */ colour) => change({ ...document, tags: { ...document.tags, [name]: { ...tag, colour } } });
  const remove = () => {
    change({ ...document, tags: lacking(document.tags, name) });
    tellRemoved(titleOfTag(document, name, language.value), () => change((now) => ({ ...now, tags: { ...now.tags, [name]: tag } })));
  };
  return html`
    <li class="panel tag-row">
      <input type="color" aria-label=${t("tags.colour", { name })} value=${tag.colour}
        onInput=${(/** @type {Event} */ event) => put(typed(event).toLowerCase())} />
      <code>${name}</code>
      <div class="fields columns">
        ${languages.map((code) => html`
          <${TextField} key=${code} label=${t("content.in_language", { what: t("tags.title"), language: languageName(code) })} lang=${code}
            value=${tag.title[code] ?? ""} placeholder=${name} most=${LONGEST_TITLE} wrong=${wrongAt(["tags", name, "title", code])}
            onChange=${(/** @type {string} */ title) => change(withTitle(document, name, code, title))} />`)}
      </div>
      ${!readOnly && html`<button type="button" onClick=${remove}>${t("content.remove")}<span class="aside-only"> ${name}</span></button>`}
      <span class="wrong">${wrongAt(["tags", name, "colour"])}</span>
    </li>`;
}

/** @param {{document: TagDocument, change: (next: any) => void}} props */
function NewTag({ document, change }) {
  const [name, setName] = useState("");
  const [wrong, setWrong] = useState("");
  const add = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!name.trim()) return;
    const fit = asName(name);
    if (!fit) return setWrong(t("content.name.wrong"));
    if (fit in document.tags) return setWrong(t("tags.there", { name: fit }));
    // What was typed as people write is what the tag is called, its name what the log can hold.
    const title = fit === name.trim() ? {} : { [language.value]: name.trim() };
    change({ ...document, tags: { ...document.tags, [fit]: { title, colour: PACKAGED_COLOUR } } });
    setName("");
    return setWrong("");
  };
  return html`
    <form class="one-line" onSubmit=${add}>
      <${TextField} label=${t("tags.entry")} hint=${t("tags.entry.hint")} value=${name} most=${LONGEST_TITLE} wrong=${wrong}
        onChange=${(/** @type {string} */ to) => { setName(to); setWrong(""); }} />
      <button type="submit">${t("tags.entry.add")}</button>
    </form>`;
}
