/** How soon customers are to be answered: policies in their order, the first that fits holds. */
import { html } from "htm/preact";
import { replace } from "../../page/router.js";
import { t } from "../../language/words.js";
import { inserted, nameFor, replaced, without } from "../content/lists.js";
import { known } from "../content/known.js";
import { FormHead, ListAndForm, MoveButtons, tellRemoved, useChosen } from "../content/list_and_form.js";
import { moved } from "../documents/pointers.js";
import { newPolicy, MOST_POLICIES, policyFaults } from "./policies.js";
import { PolicyForm } from "./policy_form.js";
import { conditionWords, goalWords, policyFaultWords } from "./target_words.js";
import { WhoGetsWhich } from "./who_gets_which.js";

/** @typedef {import("./policies.js").PolicyDocument} PolicyDocument */

const PLACE = ["targets"];

/** @param {import("../content/content_page.js").EditorProps<PolicyDocument>} props */
export function TargetsEditor({ document, change, wrongAt, readOnly }) {
  const { key, choose } = useChosen(PLACE);
  const { policies } = document;
  const at = key === null ? -1 : Number(key);
  const policy = policies[at];
  const queues = known.value.queues;
  const faults = policy ? policyFaults(policies, at, queues) : [];
  const add = () => {
    // Before the last one, which has to fit all.
    const place = Math.max(0, policies.length - 1);
    change({ ...document, policies: inserted(policies, place, newPolicy(nameFor(t("targets.new"), policies.map((one) => one.name), "policy"))) });
    choose(String(place));
  };
  const remove = () => {
    if (!policy) return;
    change({ ...document, policies: without(policies, at) });
    choose(null);
    tellRemoved(policy.name, () => change((now) => ({ ...now, policies: inserted(now.policies, at, policy) })));
  };
  const move = (/** @type {number} */ by) => {
    change({ ...document, policies: moved(policies, at, by) });
    replace("settings", ...PLACE, String(at + by));
  };
  const addButton = !readOnly && html`
    <button type="button" disabled=${policies.length >= MOST_POLICIES} onClick=${add}>${t("targets.add")}</button>`;
  const beside = html`<${WhoGetsWhich} policies=${policies} />`;
  return html`
    <p class="notice off">${t("targets.running_clocks")}</p>
    <${ListAndForm} name=${t("targets.list")} place=${PLACE} chosen=${key} empty="" choose=${t("targets.choose")}
      rows=${policies.map((one, place) => ({
        key: String(place), title: `${place + 1}. ${one.name}`, words: conditionWords(one),
        note: `${conditionWords(one)}. ${goalWords(one.goal)}`, wrong: policyFaults(policies, place, queues).length > 0,
      }))}
      add=${addButton} beside=${beside}>
      ${policy && html`
        <${FormHead} title=${policy.name}>
          ${!readOnly && html`
            <${MoveButtons} title=${policy.name} first=${at === 0} last=${at === policies.length - 1} onMove=${move} />
            <button type="button" disabled=${policies.length === 1} onClick=${remove}>${t("content.remove")}</button>`}
        <//>
        ${faults.map((fault) => html`<p class="notice ${fault.kind === "never_reached" ? "due" : "late"}">${policyFaultWords(fault)}</p>`)}
        <${PolicyForm} key=${key} policy=${policy} readOnly=${readOnly}
          wrongAt=${(/** @type {(string | number)[]} */ path) => wrongAt(["policies", at, ...path])}
          onChange=${(/** @type {import("./policies.js").Policy} */ to) => change({ ...document, policies: replaced(policies, at, to) })} />`}
    <//>`;
}
