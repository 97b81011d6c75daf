/** Messages that the channel takes at any time: choose one, fill in its places, see it, send it. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { read } from "../../api/api.js";
import { wordsOf } from "../../api/problem.js";
import { languageName } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Dialog } from "../../parts/dialog.js";
import { Field } from "../../parts/field.js";
import { filled, fitsPlace } from "./template_rules.js";

/** @typedef {import("../../api/shapes.d.ts").Template} Template */

/** @param {{conversationId: string, onClose: () => void, onSend: (template: Template, parameters: Record<string, string>) => void}} props */
export function Templates({ conversationId, onClose, onSend }) {
  const [templates, setTemplates] = useState(/** @type {Template[] | null} */ (null));
  const [trouble, setTrouble] = useState("");
  const [chosen, setChosen] = useState(0);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    setTrouble("");
    read(`/conversations/${conversationId}/templates`).then(
      (answer) => setTemplates(answer.templates), (error) => setTrouble(wordsOf(error)));
  }, [conversationId, attempt]);
  const template = templates?.[chosen];
  return html`
    <${Dialog} title=${t("write.templates.title")} onClose=${onClose}>
      ${trouble && html`<div class="notice late" role="alert"><span>${trouble}</span>
        <button type="button" onClick=${() => setAttempt(attempt + 1)}>${t("try_again")}</button></div>`}
      ${!templates && !trouble && html`<p class="muted" role="status">${t("loading")}</p>`}
      ${templates?.length === 0 && html`<p>${t("write.templates.none")}</p>`}
      ${template && html`
        <${Field} label=${t("write.templates.which")}>
          ${(/** @type {any} */ attributes) => html`
            <select ...${attributes} value=${chosen} onChange=${(/** @type {any} */ event) => setChosen(Number(event.currentTarget.value))}>
              ${templates?.map((one, number) => html`
                <option key=${number} value=${number}>${one.name.replaceAll("_", " ")} · ${languageName(one.language.replace("_", "-"))}</option>`)}
            </select>`}
        <//>
        <${Filling} key=${chosen} template=${template} onSend=${onSend} />`}
    <//>`;
}

/** @param {{template: Template, onSend: (template: Template, parameters: Record<string, string>) => void}} props */
function Filling({ template, onSend }) {
  const [values, setValues] = useState(/** @type {Record<string, string>} */ ({}));
  const [told, setTold] = useState(false);
  const wrong = (/** @type {string} */ name) => (told && !fitsPlace(values[name] ?? "") ? t("write.templates.wrong") : "");
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    setTold(true);
    if (template.parameters.every(({ name }) => fitsPlace(values[name] ?? "")))
      onSend(template, Object.fromEntries(template.parameters.map(({ name }) => [name, (values[name] ?? "").trim()])));
  };
  return html`
    <form class="fields" onSubmit=${submit}>
      ${template.parameters.map(({ name, example }) => html`
        <${Field} key=${name} label=${name.replaceAll("_", " ")} hint=${example ? t("write.templates.example", { example }) : undefined} wrong=${wrong(name)}>
          ${(/** @type {any} */ attributes) => html`
            <input ...${attributes} type="text" maxlength="1024" value=${values[name] ?? ""}
              onInput=${(/** @type {any} */ event) => setValues({ ...values, [name]: event.currentTarget.value })} />`}
        <//>`)}
      <div class="quoted own"><small>${t("write.templates.preview")}</small><p>${filled(template.body, values)}</p></div>
      <div class="buttons end"><button class="main">${t("write.send.reply")}</button></div>
    </form>`;
}
