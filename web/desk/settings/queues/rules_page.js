/** Rules: which conversation goes to which queue, in their order, and how much an agent takes. */
import { html } from "htm/preact";
import { CHANNEL_KINDS } from "../../api/values.js";
import { t } from "../../language/words.js";
import { DocumentPage } from "../documents/document_page.js";
import { useDocument } from "../documents/document.js";
import { NumberIn, RadioIn, said } from "../documents/fields.js";
import { moved } from "../documents/pointers.js";
import { describeRules } from "./queue_words.js";
import { newRule } from "./queues.js";
import { RuleEditor } from "./rule_editor.js";
import { Order } from "./tiers.js";

/** @typedef {import("../documents/document.js").SettingsDocument} SettingsDocument */

const MOST = 200;

export default function RulesPage() {
  return html`
    <${DocumentPage} kind="routing" intro=${t("rules.intro")} describe=${describeRules}>
      ${(/** @type {SettingsDocument} */ document) => html`<${Rules} document=${document} /><${Load} document=${document} />`}
    </${DocumentPage}>`;
}

/** @param {{document: SettingsDocument}} props */
function Rules({ document }) {
  const queues = useDocument("queues").base.value?.document;
  const names = Object.keys(queues?.queues ?? {});
  /** @type {any[]} */
  const rules = document.draft.value.rules ?? [];
  const change = (/** @type {any[]} */ next) => {
    document.forget(["rules"]);
    document.put(["rules"], next);
  };
  return html`
    <section class="panel" aria-labelledby="rules">
      <h2 id="rules">${t("field.rules")}</h2>
      ${!rules.length && html`<p class="muted">${t("rules.none", { queue: queues?.handoff_queue ?? "default" })}</p>`}
      <ol class="ladder">
        ${rules.map((rule, i) => html`
          <li key=${i}>
            <${RuleEditor} document=${document} path=${["rules", i]} queues=${names} />
            ${document.mayWrite && html`
              <${Order} name=${rule.name} isFirst=${i === 0} isLast=${i === rules.length - 1}
                onMove=${(/** @type {number} */ by) => change(moved(rules, i, by))} onTake=${() => change(rules.toSpliced(i, 1))} />`}
          </li>`)}
      </ol>
      ${rules.length > 0 && html`<p class="muted">${t("rules.otherwise", { queue: queues?.handoff_queue ?? "default" })}</p>`}
      ${document.mayWrite && rules.length < MOST && html`
        <div><button type="button" onClick=${() => change([...rules, newRule(names[0] ?? "default", rules)])}>${t("rules.add")}</button></div>`}
    </section>`;
}

/** @param {{document: SettingsDocument}} props */
function Load({ document }) {
  return html`
    <section class="panel" aria-labelledby="load">
      <h2 id="load">${t("rules.load")}</h2>
      <div class="fields row">
        <${NumberIn} document=${document} path=${["capacity"]} label=${t("field.capacity")} hint=${t("rules.capacity.hint")} most=${200} />
        ${CHANNEL_KINDS.map((kind) => html`
          <${NumberIn} key=${kind} document=${document} path=${["weights", kind]} label=${t("rules.weight", { kind: t(`channel_kind.${kind}`) })} least=${1} most=${100} />`)}
      </div>
      <div class="fields row">
        <${NumberIn} document=${document} path=${["presence_seconds"]} label=${t("field.presence_seconds")} least=${30} most=${86_400} />
        <${NumberIn} document=${document} path=${["idle_after_seconds"]} label=${t("field.idle_after_seconds")} most=${86_400} />
        <${NumberIn} document=${document} path=${["away_after_missed_offers"]} label=${t("field.away_after_missed_offers")} hint=${t("queues.empty_never")} least=${1} most=${100} empty=${null} />
      </div>
      <${RadioIn} document=${document} path=${["when_an_agent_leaves"]} label=${t("field.when_an_agent_leaves")} choices=${said("rules.leaves", ["waiting", "all", "none"])} />
    </section>`;
}
