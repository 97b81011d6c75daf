/** Canned replies and macros: two lists, of which one is shown. */
import { html } from "htm/preact";
import { go, route } from "../../page/router.js";
import { t } from "../../language/words.js";
import { Tabs } from "../../parts/tabs.js";
import { TextField } from "../content/fields.js";
import { lacking, nameFor } from "../content/lists.js";
import { FormHead, ListAndForm, tellRemoved, useChosen } from "../content/list_and_form.js";
import { LONGEST_TITLE, MOST_MACROS, MOST_REPLIES, newMacro, newReply, saidBy, stepFault } from "./macros.js";
import { MacroForm } from "./macro_form.js";
import { wordingFault } from "./placeholders.js";
import { ReplyForm } from "./reply_form.js";

/** @typedef {import("./macros.js").CannedDocument} CannedDocument */
/** @typedef {import("../content/content_page.js").EditorProps<CannedDocument>} Props */

/** @param {Props} props */
export function CannedEditor(props) {
  const { document, change, wrongAt, readOnly } = props;
  const shown = route.value.rest[1] === "macros" ? "macros" : "replies";
  const tabs = [
    { id: "replies", label: t("canned.replies", { count: Object.keys(document.replies).length }) },
    { id: "macros", label: t("canned.macros", { count: Object.keys(document.macros).length }) },
  ];
  return html`
    <fieldset class="business-name" disabled=${readOnly}>
      <${TextField} label=${t("canned.business_name")} hint=${t("canned.business_name.hint")} value=${document.business_name} most=${LONGEST_TITLE}
        wrong=${wrongAt(["business_name"])} onChange=${(/** @type {string} */ business_name) => change({ ...document, business_name })} />
    </fieldset>
    <${Tabs} name=${t("canned.lists")} tabs=${tabs} chosen=${shown} panel="canned-list" onChoose=${(/** @type {string} */ id) => go("settings", "canned", id)} />
    <div id="canned-list" role="tabpanel" aria-label=${t(`canned.${shown}.list`)}>
      ${shown === "macros" ? html`<${Macros} key="macros" ...${props} />` : html`<${Replies} key="replies" ...${props} />`}
    </div>`;
}

/** @param {Props} props */
function Replies({ document, change, wrongAt, readOnly }) {
  const place = ["canned", "replies"];
  const { key, choose } = useChosen(place);
  const reply = key === null ? undefined : document.replies[key];
  const sayers = key === null ? [] : saidBy(document, key);
  const add = () => {
    const name = nameFor(t("canned.new_reply"), Object.keys(document.replies), "reply");
    change({ ...document, replies: { ...document.replies, [name]: newReply() } });
    choose(name);
  };
  const remove = () => {
    if (key === null || !reply) return;
    change({ ...document, replies: lacking(document.replies, key) });
    choose(null);
    tellRemoved(reply.title || key, () => change((now) => ({ ...now, replies: { ...now.replies, [key]: reply } })));
  };
  const addButton = !readOnly && html`
    <button type="button" disabled=${Object.keys(document.replies).length >= MOST_REPLIES} onClick=${add}>${t("canned.add_reply")}</button>`;
  return html`
    <${ListAndForm} name=${t("canned.replies.list")} place=${place} chosen=${key} empty=${t("canned.replies.empty")}
      rows=${byTitle(Object.entries(document.replies).map(([name, one]) => ({
        key: name, title: one.title || name, note: Object.values(one.text)[0]?.slice(0, 80), words: Object.values(one.text).join("\n"),
        wrong: !one.title.trim() || !Object.keys(one.text).length || Object.values(one.text).some((wording) => wordingFault(wording) !== null),
      })))}
      add=${addButton}>
      ${reply && key !== null && html`
        <${FormHead} title=${reply.title || key}>
          ${!readOnly && html`<button type="button" disabled=${sayers.length > 0} onClick=${remove}>${t("content.remove")}</button>`}
        <//>
        ${sayers.length > 0 && html`<p class="muted">${t("canned.said_by", { macros: sayers.join(", ") })}</p>`}
        <${ReplyForm} key=${key} ...${{ name: key, reply, document, change, readOnly }} onRenamed=${choose}
          wrongAt=${(/** @type {(string | number)[]} */ path) => wrongAt(["replies", key, ...path])} />`}
    <//>`;
}

/** @param {Props} props */
function Macros({ document, change, wrongAt, readOnly }) {
  const place = ["canned", "macros"];
  const { key, choose } = useChosen(place);
  const macro = key === null ? undefined : document.macros[key];
  const replies = Object.keys(document.replies);
  const add = () => {
    const name = nameFor(t("canned.new_macro"), Object.keys(document.macros), "macro");
    change({ ...document, macros: { ...document.macros, [name]: newMacro() } });
    choose(name);
  };
  const remove = () => {
    if (key === null || !macro) return;
    change({ ...document, macros: lacking(document.macros, key) });
    choose(null);
    tellRemoved(macro.title || key, () => change((now) => ({ ...now, macros: { ...now.macros, [key]: macro } })));
  };
  const addButton = !readOnly && html`
    <button type="button" disabled=${Object.keys(document.macros).length >= MOST_MACROS} onClick=${add}>${t("canned.add_macro")}</button>`;
  return html`
    <${ListAndForm} name=${t("canned.macros.list")} place=${place} chosen=${key} empty=${t("canned.macros.empty")}
      rows=${byTitle(Object.entries(document.macros).map(([name, one]) => ({
        key: name, title: one.title || name, note: one.steps.map((step) => t(`step.${step.do}`)).join(" › "), words: JSON.stringify(one.steps),
        wrong: !one.title.trim() || !one.steps.length || one.steps.some((_, at) => stepFault(one.steps, at, { replies }) !== null),
      })))}
      add=${addButton}>
      ${macro && key !== null && html`
        <${FormHead} title=${macro.title || key}>
          ${!readOnly && html`<button type="button" onClick=${remove}>${t("content.remove")}</button>`}
        <//>
        <${MacroForm} key=${key} ...${{ name: key, macro, document, change, readOnly }} onRenamed=${choose}
          wrongAt=${(/** @type {(string | number)[]} */ path) => wrongAt(["macros", key, ...path])} />`}
    <//>`;
}

/** @template {{title: string}} R @param {R[]} rows */
const byTitle = (rows) => rows.toSorted((one, other) => one.title.localeCompare(other.title));
