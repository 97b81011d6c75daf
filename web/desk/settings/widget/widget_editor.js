/** Sites that carry the chat window: how it looks there, what it says, where it may stand. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { language, t } from "../../language/words.js";
import { TextField } from "../content/fields.js";
import { asName, lacking } from "../content/lists.js";
import { FormHead, ListAndForm, tellRemoved, useChosen } from "../content/list_and_form.js";
import { textOn, isColour } from "./contrast.js";
import { SiteForm } from "./site_form.js";
import { SitePreview } from "./site_preview.js";
import { MOST_SITES, newSite } from "./sites.js";

/** @typedef {import("./sites.js").WidgetDocument} WidgetDocument */
/** @typedef {import("./sites.js").Site} Site */

const PLACE = ["widget"];

/** @param {import("../content/content_page.js").EditorProps<WidgetDocument>} props */
export function WidgetEditor({ document, change, wrongAt, readOnly }) {
  const { key, choose } = useChosen(PLACE);
  const site = key === null ? undefined : document.sites[key];
  const remove = () => {
    if (key === null || !site) return;
    change({ ...document, sites: lacking(document.sites, key) });
    choose(null);
    tellRemoved(key, () => change((now) => ({ ...now, sites: { ...now.sites, [key]: site } })));
  };
  const add = (/** @type {string} */ name) => {
    change({ ...document, sites: { ...document.sites, [name]: newSite() } });
    choose(name);
  };
  const put = (/** @type {Site} */ to) => { if (key !== null) change({ ...document, sites: { ...document.sites, [key]: to } }); };
  const beside = site && html`<${SitePreview} site=${site} />`;
  return html`
    <p class="notice off">${t("widget.not_yet")}</p>
    ${!readOnly && html`<${NewSite} document=${document} onAdd=${add} />`}
    <${ListAndForm} name=${t("widget.list")} place=${PLACE} chosen=${key} empty=${t("widget.empty")} choose=${t("widget.choose")}
      rows=${Object.entries(document.sites).map(([name, one]) => listRow(name, one))}
      beside=${beside}>
      ${site && html`
        <${FormHead} title=${key}>
          ${!readOnly && html`<button type="button" onClick=${remove}>${t("content.remove")}</button>`}
        <//>
        <${SiteForm} key=${key} site=${site} readOnly=${readOnly} onChange=${put}
          wrongAt=${(/** @type {(string | number)[]} */ path) => wrongAt(["sites", key ?? "", ...path])} />`}
    <//>`;
}

/** @param {string} name @param {Site} site @returns {import("../content/list_and_form.js").ListRow} */
function listRow(name, site) {
  const called = site.name[language.value] ?? Object.values(site.name)[0] ?? name;
  const where = site.origins.join(", ") || t("widget.no_origins");
  return {
    key: name, title: called, note: site.enabled ? where : t("widget.off"), words: `${name} ${where}`,
    wrong: !isColour(site.colour) || !textOn(site.colour).passes,
  };
}

/** A site is named once: the name stands in the code of its pages. @param {{document: WidgetDocument, onAdd: (name: string) => void}} props */
function NewSite({ document, onAdd }) {
  const [name, setName] = useState("");
  const [wrong, setWrong] = useState("");
  if (Object.keys(document.sites).length >= MOST_SITES) return null;
  const add = (/** @type {Event} */ event) => {
    event.preventDefault();
    const fit = asName(name);
    if (!fit) return setWrong(t("content.name.wrong"));
    if (fit in document.sites) return setWrong(t("widget.there", { name: fit }));
    setName("");
    setWrong("");
    return onAdd(fit);
  };
  return html`
    <form class="one-line" onSubmit=${add}>
      <${TextField} label=${t("widget.new")} hint=${t("widget.new.hint")} value=${name} wrong=${wrong} spellcheck=${false}
        onChange=${(/** @type {string} */ to) => { setName(to); setWrong(""); }} />
      <button type="submit">${t("widget.add")}</button>
    </form>`;
}
