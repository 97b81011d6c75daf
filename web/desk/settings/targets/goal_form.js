/** What service is measured by: so many in a hundred, within so long, counted in one of four ways. */
import { html } from "htm/preact";
import { DEFINITIONS } from "../../api/values.js";
import { t } from "../../language/words.js";
import { Check, ChoiceField } from "../content/fields.js";
import { optionsOf } from "../content/known.js";
import { DurationField } from "./duration_field.js";
import { newGoal } from "./policies.js";
import { ShareField } from "./share_field.js";
import { goalWords, inWords } from "./target_words.js";

/** @typedef {import("./policies.js").Goal} Goal */

/** @param {{policy: import("./policies.js").Policy, onChange: (goal: Goal | null) => void, wrongAt: (path: (string | number)[]) => string}} props */
export function GoalForm({ policy, onChange, wrongAt }) {
  const { goal, targets } = policy;
  const first = targets.first_response?.seconds;
  const begin = () => onChange(newGoal(typeof first === "number" ? first : 300));
  const put = (/** @type {Partial<Goal>} */ changed) => { if (goal) onChange({ ...goal, ...changed }); };
  return html`
    <section class="fields" aria-labelledby="policy-goal">
      <h3 id="policy-goal">${t("targets.goal")}</h3>
      <${Check} label=${goalWords(goal)} checked=${goal !== null} onChange=${(/** @type {boolean} */ on) => (on ? begin() : onChange(null))} />
      ${goal && html`
        <div class="fields columns">
          <${ShareField} label=${t("targets.goal.share")} value=${goal.goal} optional=${t("targets.goal.none")} wrong=${wrongAt(["goal"])}
            onChange=${(/** @type {any} */ share) => put({ goal: share })} />
          <${DurationField} label=${t("targets.goal.within")} value=${goal.threshold_seconds} wrong=${wrongAt(["threshold_seconds"])}
            onChange=${(/** @type {any} */ threshold_seconds) => put({ threshold_seconds })} />
        </div>
        ${first !== undefined && first !== goal.threshold_seconds && html`
          <p class="notice off">${t("targets.goal.differs", { goal: inWords(goal.threshold_seconds), target: inWords(first) })}</p>`}
        <${ChoiceField} label=${t("targets.goal.definition")} value=${goal.definition} options=${optionsOf(DEFINITIONS, (one) => t(`targets.definition.${one}`))}
          hint=${t(`targets.definition.${goal.definition}.what`)} onChange=${(/** @type {string} */ definition) => put({ definition })} />
        <${DurationField} label=${t("targets.goal.short_abandon")} value=${goal.short_abandon_seconds} least=${0} optional=${t("targets.goal.short_abandon.none")}
          wrong=${wrongAt(["short_abandon_seconds"])} onChange=${(/** @type {any} */ short_abandon_seconds) => put({ short_abandon_seconds })} />`}
    </section>`;
}
