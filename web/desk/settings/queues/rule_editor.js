/** One rule: the queue, and what has to be so for a conversation to go there. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { CHANNEL_KINDS, PRIORITIES } from "../../api/values.js";
import { t } from "../../language/words.js";
import { channelOptions } from "../content/known.js";
import { asChoices, ChoiceIn, NamesIn, RadioIn, said, TextIn, WordsIn } from "../documents/fields.js";
import { weekdayName } from "../hours/hours_words.js";
import { WEEKDAYS } from "../hours/weekly.js";
import { at } from "../documents/pointers.js";

/** @typedef {import("../documents/document.js").SettingsDocument} SettingsDocument */
/** @typedef {{document: SettingsDocument, path: (string | number)[]}} Part */

const INTENTS = ["asked_for_person", "unknown_question", "nothing_to_read", "too_many_answers", "reply_budget", "bot_disabled", "bot_failed"];
/** What a rule may ask for, each list empty or absent for anything. */
const CONDITIONS = ["channels", "channel_kinds", "accounts", "languages", "intents", "segments", "priorities", "words", "times"];
const MOST_TIMES = 20;

/** @param {Part & {queues: string[]}} props */
export function RuleEditor({ document, path, queues }) {
  const rule = at(document.draft.value, path);
  const [isOpen, setOpen] = useState(!conditionWords(rule));
  return html`
    <div class="fields">
      <div class="fields row">
        <${TextIn} document=${document} path=${[...path, "name"]} label=${t("field.name")} maxlength=${64} />
        <${ChoiceIn} document=${document} path=${[...path, "queue"]} label=${t("rules.goes_to")} choices=${asChoices(queues)} />
      </div>
      <details open=${isOpen || !!document.wrongAt(path)} onToggle=${(/** @type {any} */ event) => setOpen(event.currentTarget.open)}>
        <summary>${t("rules.if", { conditions: conditionWords(rule) || t("rules.always") })}</summary>
        <${Conditions} document=${document} path=${path} />
      </details>
    </div>`;
}

/** @param {any} rule */
function conditionWords(rule) {
  const lists = CONDITIONS.filter((name) => rule[name]?.length).map((name) => {
    const shown = rule[name].map((/** @type {any} */ one) => (typeof one === "string" ? one : `${one.start}-${one.end}`));
    return `${t(`field.${name}`)}: ${shown.join(", ")}`;
  });
  const verified = typeof rule.verified === "boolean" ? [t(rule.verified ? "rules.verified.yes" : "rules.verified.no")] : [];
  return [...lists, ...verified].join("; ");
}

/** @param {Part} props */
function Conditions({ document, path }) {
  const place = (/** @type {string} */ name) => ({ document, path: [...path, name], label: t(`field.${name}`) });
  return html`
    <div class="fields">
      <${WordsIn} ...${place("words")} hint=${t("rules.words.hint")} />
      <${NamesIn} ...${place("channels")} choices=${channelOptions()} />
      <${NamesIn} ...${place("channel_kinds")} choices=${said("channel_kind", CHANNEL_KINDS)} />
      <${NamesIn} ...${place("intents")} choices=${INTENTS.map((value) => ({ value, label: t(`intent.${value}`) }))} />
      <${NamesIn} ...${place("priorities")} choices=${said("priority", PRIORITIES)} />
      <div class="fields row">
        <${WordsIn} ...${place("languages")} hint=${t("rules.languages.hint")} />
        <${WordsIn} ...${place("segments")} />
        <${WordsIn} ...${place("accounts")} />
      </div>
      <${Verified} document=${document} path=${[...path, "verified"]} />
      <${Times} document=${document} path=${[...path, "times"]} />
    </div>`;
}

/** @param {Part} props */
function Verified({ document, path }) {
  const choices = /** @type {any[]} */ ([null, true, false]).map((value) => ({ value, label: t(value === null ? "rules.verified.any" : value ? "rules.verified.yes" : "rules.verified.no") }));
  return html`<${RadioIn} document=${document} path=${path} label=${t("field.verified")} choices=${choices} />`;
}

/** @param {Part} props */
function Times({ document, path }) {
  /** @type {any[]} */
  const times = at(document.draft.value, path) ?? [];
  const days = WEEKDAYS.map((value, i) => ({ value, label: weekdayName(i) }));
  return html`
    <div class="fields">
      ${times.map((time, i) => html`
        <fieldset class="field names" key=${i}>
          <legend>${t("rules.time", { number: i + 1 })}</legend>
          <div class="add-line">
            <${TextIn} document=${document} path=${[...path, i, "start"]} label=${t("field.start")} attributes=${{ type: "time" }} />
            <${TextIn} document=${document} path=${[...path, i, "end"]} label=${t("field.end")} attributes=${{ type: "time" }} />
            ${document.mayWrite && html`
              <button type="button" class="plain" aria-label=${`${t("list.take")}: ${time.start}-${time.end}`} onClick=${() => document.put(path, times.toSpliced(i, 1))}>${t("list.take")}</button>`}
          </div>
          <${NamesIn} document=${document} path=${[...path, i, "weekdays"]} label=${t("field.weekdays")} hint=${t("rules.weekdays.hint")} choices=${days} />
        </fieldset>`)}
      ${document.mayWrite && times.length < MOST_TIMES && html`
        <div><button type="button" onClick=${() => document.put(path, [...times, { start: "09:00", end: "13:00", weekdays: [] }])}>${t("rules.time.add")}</button></div>`}
    </div>`;
}
