/** One step of a macro. */
import { html } from "htm/preact";
import { PRIORITIES } from "../../api/values.js";
import { language, t } from "../../language/words.js";
import { Choices, ChoiceField, TextField } from "../content/fields.js";
import { optionsOf, queueOptions, tagOptions } from "../content/known.js";
import { DurationField } from "../targets/duration_field.js";
import { LONGEST_SNOOZE, SHORTEST_SNOOZE } from "./macros.js";
import { TextsByLanguage } from "./texts_by_language.js";
import { WordingField } from "./wording_field.js";

/** @typedef {import("./macros.js").Step} Step */

/**
 * @param {{step: Step, document: import("./macros.js").CannedDocument, wrong: string, onChange: (step: Step) => void}} props
 */
export function MacroStep({ step, document, wrong, onChange }) {
  const put = (/** @type {Record<string, any>} */ changed) => onChange({ ...step, ...changed });
  return html`
    <div class="fields">
      <${StepFields} step=${step} document=${document} put=${put} />
      ${wrong && html`<span class="trouble">${wrong}</span>`}
    </div>`;
}

/** @param {{step: Step, document: import("./macros.js").CannedDocument, put: (changed: Record<string, any>) => void}} props */
function StepFields({ step, document, put }) {
  const business = document.business_name;
  switch (step.do) {
    case "reply": return html`<${ReplyFields} step=${step} document=${document} put=${put} />`;
    case "note": return html`
      <${WordingField} label=${t("step.note.text")} value=${step.text} business=${business} onChange=${(/** @type {string} */ text) => put({ text })} />`;
    case "tag": return html`
      <${Choices} label=${t("step.tag.adds")} options=${tagOptions(language.value)} chosen=${step.adds} onChange=${(/** @type {string[]} */ adds) => put({ adds })} />
      <${Choices} label=${t("step.tag.removes")} options=${tagOptions(language.value)} chosen=${step.removes} onChange=${(/** @type {string[]} */ removes) => put({ removes })} />`;
    case "classify": return html`<${ClassifyFields} step=${step} put=${put} />`;
    case "snooze": return html`
      <${DurationField} label=${t("step.snooze.for")} value=${step.seconds} least=${SHORTEST_SNOOZE} most=${LONGEST_SNOOZE}
        onChange=${(/** @type {number} */ seconds) => put({ seconds })} />`;
    case "transfer": return html`
      <${ChoiceField} label=${t("step.transfer.queue")} value=${step.queue} options=${queueOptions()} onChange=${(/** @type {string} */ queue) => put({ queue })} />
      <${WordingField} label=${t("step.transfer.note")} value=${step.note ?? ""} business=${business} rows=${2}
        onChange=${(/** @type {string} */ note) => put({ note: note.trim() ? note : null })} />`;
    default: return html`<p class="muted">${t("step.resolve.what")}</p>`;
  }
}

/** @param {{step: Step, document: import("./macros.js").CannedDocument, put: (changed: Record<string, any>) => void}} props */
function ReplyFields({ step, document, put }) {
  const options = [{ value: "", label: t("step.reply.own") },
    ...Object.entries(document.replies).map(([value, reply]) => ({ value, label: reply.title || value }))];
  return html`
    <${ChoiceField} label=${t("step.reply.which")} value=${step.canned ?? ""} options=${options}
      onChange=${(/** @type {string} */ canned) => put(canned ? { canned, text: null } : { canned: null, text: {} })} />
    ${!step.canned && html`
      <${TextsByLanguage} texts=${step.text ?? {}} business=${document.business_name} wrongAt=${() => ""}
        onChange=${(/** @type {Record<string, string>} */ text) => put({ text })} />`}`;
}

/** @param {{step: Step, put: (changed: Record<string, any>) => void}} props */
function ClassifyFields({ step, put }) {
  const priorities = [{ value: "", label: t("targets.priority.as_is") }, ...optionsOf(PRIORITIES, (one) => t(`priority.${one}`))];
  return html`
    <${ChoiceField} label=${t("step.classify.priority")} value=${step.priority ?? ""} options=${priorities}
      onChange=${(/** @type {string} */ priority) => put({ priority: priority || null })} />
    <${TextField} label=${t("step.classify.segment")} hint=${t("step.classify.segment.hint")} value=${step.segment ?? ""} spellcheck=${false}
      wrong=${/^[a-z0-9_-]{0,64}$/.test(step.segment ?? "") ? "" : t("content.name.wrong")}
      onChange=${(/** @type {string} */ segment) => put({ segment: segment || null })} />`;
}
