/** The ladder of a queue: who is rung first, and who when nobody answered. */
import { html } from "htm/preact";
import { colleagues } from "../../person/colleagues.js";
import { t } from "../../language/words.js";
import { asChoices, CheckIn, NamesIn, NumberIn, TextIn } from "../documents/fields.js";
import { followTo } from "../documents/focus.js";
import { at, moved } from "../documents/pointers.js";
import { newTier } from "./queues.js";

/** @typedef {import("../documents/document.js").SettingsDocument} SettingsDocument */

const MOST = 10;

/** @param {{document: SettingsDocument, path: (string | number)[], choices: import("./queue_editor.js").Choices, own: string}} props */
export function Tiers({ document, path, choices, own }) {
  /** @type {any[]} */
  const tiers = at(document.draft.value, path) ?? [];
  const change = (/** @type {any[]} */ next) => {
    document.forget(path);
    document.put(path, next);
  };
  return html`
    <section class="fields">
      <h3>${t("field.tiers")}</h3>
      <ol class="ladder">
        ${tiers.map((tier, i) => html`
          <li key=${i}>
            <${Tier} document=${document} path=${[...path, i]} choices=${choices} own=${own} />
            ${document.mayWrite && html`
              <${Order} name=${tier.name} isFirst=${i === 0} isLast=${i === tiers.length - 1}
                onMove=${(/** @type {number} */ by) => change(moved(tiers, i, by))} onTake=${() => change(tiers.toSpliced(i, 1))} />`}
          </li>`)}
      </ol>
      ${document.mayWrite && tiers.length < MOST && html`
        <div><button type="button" onClick=${() => change([...tiers, newTier(tiers)])}>${t("queues.tiers.add")}</button></div>`}
    </section>`;
}

/** @param {{document: SettingsDocument, path: (string | number)[], choices: import("./queue_editor.js").Choices, own: string}} props */
function Tier({ document, path, choices, own }) {
  const agents = [...colleagues.value.values()].map((agent) => ({ value: agent.agent_id, label: agent.display_name || t("colleague", { id: agent.agent_id.slice(0, 8) }) }));
  return html`
    <div class="fields">
      <div class="fields row">
        <${TextIn} document=${document} path=${[...path, "name"]} label=${t("field.name")} maxlength=${64} />
        <${NumberIn} document=${document} path=${[...path, "ring_seconds"]} label=${t("field.ring_seconds")} least=${1} most=${86_400} />
      </div>
      <${NamesIn} document=${document} path=${[...path, "endpoints"]} label=${t("field.endpoints")} choices=${asChoices(choices.endpoints)} />
      <${CheckIn} document=${document} path=${[...path, "supervisors"]} label=${t("field.supervisors")} />
      <details open=${!!document.wrongAt([...path, "agents"]) || !!document.wrongAt([...path, "queues"])}>
        <summary>${t("queues.tier.more")}</summary>
        <div class="fields">
          <${NamesIn} document=${document} path=${[...path, "agents"]} label=${t("field.agents")} hint=${t("queues.tier.agents.hint")} choices=${agents} />
          <${NamesIn} document=${document} path=${[...path, "queues"]} label=${t("field.tier_queues")} choices=${asChoices(choices.queues.filter((name) => name !== own))} />
        </div>
      </details>
    </div>`;
}

/** Up, down and out, of an element of a list. @param {{name: string, isFirst: boolean, isLast: boolean, onMove: (by: number) => void, onTake: () => void}} props */
export function Order({ name, isFirst, isLast, onMove, onTake }) {
  const button = (/** @type {string} */ words, /** @type {(event: any) => void} */ act, off = false) => html`
    <button type="button" class="plain" data-act=${words} aria-label=${`${t(words)}: ${name}`} disabled=${off} onClick=${act}>${t(words)}</button>`;
  const move = (/** @type {any} */ event, /** @type {number} */ by, /** @type {string} */ words) => {
    const line = event.currentTarget.closest("li");
    const list = line.parentElement;
    followTo(list, [...list.children].indexOf(line) + by, words);
    onMove(by);
  };
  return html`
    <div class="buttons">
      ${button("list.up", (event) => move(event, -1, "list.up"), isFirst)}
      ${button("list.down", (event) => move(event, 1, "list.down"), isLast)}
      ${button("list.take", onTake)}
    </div>`;
}
