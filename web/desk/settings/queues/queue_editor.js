/** One queue: its hours, its people and its ladder. */
import { html } from "htm/preact";
import { t } from "../../language/words.js";
import { asChoices, CheckIn, ChoiceIn, NamesIn, NumberIn, RadioIn, said } from "../documents/fields.js";
import { at } from "../documents/pointers.js";
import { ringsSomebody, rungIn } from "./queues.js";
import { tierWords } from "./queue_words.js";
import { Overflow } from "./overflow.js";
import { Tiers } from "./tiers.js";

/** @typedef {import("../documents/document.js").SettingsDocument} SettingsDocument */
/** @typedef {{queues: string[], calendars: string[], endpoints: string[]}} Choices */

const DAY = 86_400;
const MONTH = 30 * DAY;

/** @param {{document: SettingsDocument, name: string, choices: Choices, isOpen: boolean, onToggle: () => void}} props */
export function QueueEditor({ document, name, choices, isOpen, onToggle }) {
  const queue = document.draft.value.queues[name];
  const isHandoff = document.draft.value.handoff_queue === name;
  const path = ["queues", name];
  const wrong = document.wrongAt(path);
  const id = `queue-${name}`;
  const act = t(isOpen ? "queues.shut" : document.mayWrite ? "queues.open" : "queues.show");
  return html`
    <section class="panel" aria-labelledby=${id}>
      <div class="panel-head">
        <h2 id=${id}>${name}</h2>
        ${isHandoff && html`<span class="pill own">${t("queues.is_handoff")}</span>`}
        ${!ringsSomebody(queue) && html`<span class="pill due">${t("queues.rings_nobody")}</span>`}
        ${wrong && html`<span class="pill late">${t("queues.does_not_fit")}</span>`}
        <span class="grow"></span>
        <button type="button" aria-expanded=${isOpen} aria-label=${`${act}: ${name}`} onClick=${onToggle}>${act}</button>
      </div>
      ${isOpen
        ? html`
            <fieldset class="fields" disabled=${!document.mayWrite}><${Parts} document=${document} path=${path} choices=${choices} /></fieldset>
            ${document.mayWrite && !isHandoff && html`
              <div><button type="button" onClick=${() => document.take(path)}>${t("queues.take", { name })}</button></div>`}`
        : html`<p class="muted">${summary(queue)}</p>`}
    </section>`;
}

/** @param {any} queue */
function summary(queue) {
  return t("queues.summary", { calendar: queue.calendar ?? "default", tiers: rungIn(queue).map(tierWords).join(", ") || t("value.nothing") });
}

/** @param {{document: SettingsDocument, path: string[], choices: Choices}} props */
function Parts({ document, path, choices }) {
  const routing = [...path, "routing"];
  return html`
    <div class="fields row">
      <${ChoiceIn} document=${document} path=${[...path, "calendar"]} label=${t("field.calendar")} choices=${asChoices(choices.calendars)} />
      <${NumberIn} document=${document} path=${[...routing, "offer_seconds"]} label=${t("field.offer_seconds")} least=${5} most=${3600} />
    </div>
    <${RadioIn} document=${document} path=${[...routing, "assignment"]} label=${t("field.assignment")} choices=${said("queues.assignment", ["offer", "assign"])} />
    <${RadioIn} document=${document} path=${[...routing, "order"]} label=${t("field.order")} choices=${said("queues.order", ["longest_idle", "least_loaded"])} />
    <${CheckIn} document=${document} path=${[...routing, "last_agent_first"]} label=${t("field.last_agent_first")} />
    <${Tiers} document=${document} path=${[...path, "tiers"]} choices=${choices} own=${path[1] ?? ""} />
    <${NamesIn} document=${document} path=${[...path, "alert_endpoints"]} label=${t("field.alert_endpoints")} hint=${t("queues.alert.hint")} choices=${asChoices(choices.endpoints)} />
    <${Overflow} document=${document} path=${[...routing, "overflow"]} queues=${choices.queues.filter((name) => name !== path[1])} />
    <details>
      <summary>${t("queues.more")}</summary>
      <div class="fields">
        <div class="fields row">
          <${NumberIn} document=${document} path=${[...routing, "least_skill"]} label=${t("field.least_skill")} least=${1} most=${5} />
          <${NumberIn} document=${document} path=${[...routing, "skill_relaxed_after_seconds"]} label=${t("field.skill_relaxed_after_seconds")} hint=${t("queues.empty_never")} most=${DAY} empty=${null} />
          <${NumberIn} document=${document} path=${[...routing, "language_relaxed_after_seconds"]} label=${t("field.language_relaxed_after_seconds")} hint=${t("queues.empty_never")} most=${DAY} empty=${null} />
          <${NumberIn} document=${document} path=${[...path, "first_pause_seconds"]} label=${t("field.first_pause_seconds")} least=${1} most=${DAY} />
          <${NumberIn} document=${document} path=${[...path, "longest_pause_seconds"]} label=${t("field.longest_pause_seconds")} least=${1} most=${DAY} />
        </div>
        <${Promised} document=${document} path=${[...path, "promise_when_unanswered"]} />
      </div>
    </details>`;
}

/** @param {{document: SettingsDocument, path: string[]}} props */
function Promised({ document, path }) {
  const promise = at(document.draft.value, path);
  const toggle = () => {
    document.forget(path);
    document.put(path, promise ? null : { within_seconds: 3600, in_opening_hours: true, kept_by: "answer" });
  };
  return html`
    <label class="check"><input type="checkbox" checked=${!!promise} onChange=${toggle} /> ${t("field.promise_when_unanswered")}</label>
    ${promise && html`
      <div class="fields row">
        <${NumberIn} document=${document} path=${[...path, "within_seconds"]} label=${t("field.within_seconds")} least=${60} most=${MONTH} />
        <${CheckIn} document=${document} path=${[...path, "in_opening_hours"]} label=${t("field.in_opening_hours")} />
      </div>`}`;
}
