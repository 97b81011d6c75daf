/** One policy: whom it is for, what it promises, what service is measured by. */
import { html } from "htm/preact";
import { CHANNEL_KINDS, PRIORITIES } from "../../api/values.js";
import { t } from "../../language/words.js";
import { Choices, TextField } from "../content/fields.js";
import { channelOptions, optionsOf, queueOptions } from "../content/known.js";
import { NAME } from "../content/lists.js";
import { WordsField } from "../documents/fields.js";
import { namesIn } from "../documents/typed_words.js";
import { GoalForm } from "./goal_form.js";
import { newTarget, TARGET_KINDS, withTarget } from "./policies.js";
import { TargetForm } from "./target_form.js";
import { targetsWords } from "./target_words.js";

/** @typedef {import("./policies.js").Policy} Policy */
/** @typedef {(path: (string | number)[]) => string} WrongAt */

/** Seconds that a new target begins with. @type {Record<string, number>} */
const BEGINNINGS = { first_response: 300, next_response: 300, queue_wait: 600, agent_silence: 900, resolution: 28_800, first_response_any: 60 };

/** @param {{policy: Policy, onChange: (policy: Policy) => void, wrongAt: WrongAt, readOnly: boolean}} props */
export function PolicyForm({ policy, onChange, wrongAt, readOnly }) {
  const put = (/** @type {Partial<Policy>} */ changed) => onChange({ ...policy, ...changed });
  return html`
    <fieldset class="fields" disabled=${readOnly}>
      <${TextField} label=${t("targets.name")} hint=${t("targets.name.hint")} value=${policy.name} spellcheck=${false}
        wrong=${NAME.test(policy.name) ? wrongAt(["name"]) : t("content.name.wrong")} onChange=${(/** @type {string} */ name) => put({ name })} />
      <${Conditions} policy=${policy} put=${put} wrongAt=${wrongAt} />
      <section class="fields" aria-labelledby="policy-targets">
        <h3 id="policy-targets">${t("targets.targets")}</h3>
        <p class="muted">${targetsWords(policy)}</p>
        ${TARGET_KINDS.map((kind) => html`
          <${TargetForm} key=${kind} kind=${kind} target=${policy.targets[kind] ?? null}
            wrongAt=${(/** @type {(string | number)[]} */ path) => wrongAt(["targets", kind, ...path])}
            onBegin=${() => onChange(withTarget(policy, kind, newTarget(BEGINNINGS[kind] ?? 300)))}
            onChange=${(/** @type {any} */ target) => onChange(withTarget(policy, kind, target))} />`)}
      </section>
      <${GoalForm} policy=${policy} onChange=${(/** @type {any} */ goal) => put({ goal })}
        wrongAt=${(/** @type {(string | number)[]} */ path) => wrongAt(["goal", ...path])} />
    </fieldset>`;
}

/** @param {{policy: Policy, put: (changed: Partial<Policy>) => void, wrongAt: WrongAt}} props */
function Conditions({ policy, put, wrongAt }) {
  const choices = (/** @type {"channel_kinds" | "channels" | "queues" | "priorities"} */ condition, /** @type {any} */ options) => html`
    <${Choices} label=${t(`condition.${condition}`)} options=${options} chosen=${policy[condition]} none=${t("condition.any")}
      wrong=${wrongAt([condition])} onChange=${(/** @type {string[]} */ chosen) => put({ [condition]: chosen })} />`;
  return html`
    <section class="fields" aria-labelledby="policy-conditions">
      <h3 id="policy-conditions">${t("targets.conditions")}</h3>
      ${choices("channel_kinds", optionsOf(CHANNEL_KINDS, (one) => t(`channel_kind.${one}`)))}
      ${choices("queues", queueOptions())}
      ${choices("priorities", optionsOf(PRIORITIES, (one) => t(`priority.${one}`)))}
      ${choices("channels", channelOptions())}
      <${WordsField} label=${t("condition.segments")} hint=${t("condition.segments.hint")} value=${policy.segments} split=${namesIn}
        wrong=${policy.segments.every((name) => NAME.test(name)) ? wrongAt(["segments"]) : t("content.name.wrong")}
        onChange=${(/** @type {string[]} */ segments) => put({ segments })} />
    </section>`;
}
