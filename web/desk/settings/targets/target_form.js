/** How long one thing may take, when it warns, and what is done then. */
import { html } from "htm/preact";
import { PRIORITIES } from "../../api/values.js";
import { percent } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Check, Choices, ChoiceField } from "../content/fields.js";
import { optionsOf } from "../content/known.js";
import { asTyped } from "../content/unread.js";
import { DurationField } from "./duration_field.js";
import { PAUSES, RESTARTS } from "./policies.js";
import { ShareField } from "./share_field.js";
import { inWords } from "./target_words.js";

/** @typedef {import("./policies.js").Target} Target */
/** @typedef {import("./policies.js").Actions} Actions */

/**
 * @param {{kind: string, target: Target | null, wrongAt: (path: (string | number)[]) => string, onBegin: () => void,
 *   onChange: (target: Target | null) => void}} props
 */
export function TargetForm({ kind, target, wrongAt, onBegin, onChange }) {
  const title = t(`clock_kind.${kind}`);
  const put = (/** @type {Partial<Target>} */ changed) => { if (target) onChange({ ...target, ...changed }); };
  const label = html`<b>${title}</b> <span class="muted">${t(`clock_kind.${kind}.what`)}</span>`;
  return html`
    <fieldset class="target ${target ? "panel" : ""}">
      <legend class="aside-only">${title}</legend>
      <${Check} label=${label} checked=${target !== null}
        onChange=${(/** @type {boolean} */ on) => (on ? onBegin() : onChange(null))} />
      ${target && html`
        <${DurationField} label=${t("targets.within")} value=${target.seconds} wrong=${wrongAt(["seconds"])}
          onChange=${(/** @type {number} */ seconds) => put({ seconds })} />
        <details>
          <summary>${summaryOf(target)}</summary>
          <div class="fields"><${Details} kind=${kind} target=${target} put=${put} wrongAt=${wrongAt} /></div>
        </details>`}
    </fieldset>`;
}

/** What is set beside the time, in a line. @param {Target} target */
function summaryOf(target) {
  const share = typeof target.warn_after_fraction === "number" ? percent(target.warn_after_fraction) : asTyped(target.warn_after_fraction);
  return t("targets.details", { share, hours: t(target.around_the_clock ? "targets.around_the_clock" : "targets.opening_hours") });
}

/** @param {{kind: string, target: Target, put: (changed: Partial<Target>) => void, wrongAt: (path: (string | number)[]) => string}} props */
function Details({ kind, target, put, wrongAt }) {
  const warning = typeof target.seconds === "number" && typeof target.warn_after_fraction === "number"
    ? t("targets.warns_after", { after: inWords(Math.round(target.seconds * target.warn_after_fraction)) }) : "";
  return html`
    <${ShareField} label=${t("targets.warn")} hint=${warning} value=${target.warn_after_fraction} isAboveZero wrong=${wrongAt(["warn_after_fraction"])}
      onChange=${(/** @type {any} */ warn_after_fraction) => put({ warn_after_fraction })} />
    <${ActionChoices} label=${t("targets.at_warning")} kind=${kind} actions=${target.at_warning} wrong=${wrongAt(["at_warning"])}
      onChange=${(/** @type {Actions} */ at_warning) => put({ at_warning })} />
    <${ActionChoices} label=${t("targets.at_breach")} kind=${kind} actions=${target.at_breach} wrong=${wrongAt(["at_breach"])}
      onChange=${(/** @type {Actions} */ at_breach) => put({ at_breach })} />
    <${Check} label=${t("targets.counts_always")} checked=${target.around_the_clock}
      onChange=${(/** @type {boolean} */ around_the_clock) => put({ around_the_clock })} />
    <${Choices} label=${t("targets.pauses")} options=${optionsOf(PAUSES, (one) => t(`targets.pause.${one}`))} chosen=${target.pauses_while} none=${t("targets.pauses.none")}
      wrong=${wrongAt(["pauses_while"])} onChange=${(/** @type {string[]} */ pauses_while) => put({ pauses_while })} />
    <${ChoiceField} label=${t("targets.restarts")} value=${target.restarts} options=${optionsOf(RESTARTS, (one) => t(`targets.restart.${one}`))}
      onChange=${(/** @type {any} */ restarts) => put({ restarts })} />`;
}

/** @param {{label: string, kind: string, actions: Actions, wrong: string, onChange: (actions: Actions) => void}} props */
function ActionChoices({ label, kind, actions, wrong, onChange }) {
  const plain = /** @type {const} */ (["remind_agents", "alert_supervisors", "ring_next_tier", "reassign"]);
  // Only an agent's silence has an agent whom somebody else could replace.
  const possible = plain.filter((action) => action !== "reassign" || kind === "agent_silence" || actions.reassign);
  const chosen = possible.filter((action) => actions[action]);
  const put = (/** @type {string[]} */ to) => onChange({
    ...actions, ...Object.fromEntries(possible.map((action) => [action, to.includes(action)])),
  });
  const priorities = [{ value: "", label: t("targets.priority.as_is") }, ...optionsOf(PRIORITIES, (one) => t(`priority.${one}`))];
  return html`
    <div class="fields actions">
      <${Choices} label=${label} options=${optionsOf(possible, (one) => t(`targets.action.${one}`))} chosen=${chosen} wrong=${wrong}
        none=${actions.raise_priority_to ? undefined : t("targets.action.none")} onChange=${put} />
      <${ChoiceField} label=${t("targets.raise_priority", { when: label })} value=${actions.raise_priority_to ?? ""} options=${priorities}
        onChange=${(/** @type {string} */ to) => onChange({ ...actions, raise_priority_to: to || null })} />
    </div>`;
}
