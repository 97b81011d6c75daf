/** How the conversation came where it is, and who would be asked now. */
import { html } from "htm/preact";
import { read } from "../../api/api.js";
import { serverTime } from "../../page/clock.js";
import { moment } from "../../language/formats.js";
import { t, wordFor } from "../../language/words.js";
import { whom } from "../log/said.js";
import { Asked } from "./asked.js";

/** @param {{id: string}} props */
export function Routing({ id }) {
  return html`
    <${Asked} key=${id} label=${t("routing.ask")} load=${() => read(`/conversations/${id}/routing`)}>
      ${(/** @type {any} */ told) => html`<${Told} told=${told} />`}
    <//>`;
}

/** @param {string | null} id a colleague of other queues is not named */
const person = (id) => (id ? whom(id) : t("routing.unseen"));

/** @param {{told: Record<string, any>}} props */
function Told({ told }) {
  const { queues, offers, next } = told;
  const when = (/** @type {string} */ at) => moment(at, serverTime());
  return html`
    <div class="explained">
      ${!queues.length && !offers.length && !next && html`<p class="muted">${t("routing.nothing")}</p>`}
      <ul>
        ${queues.map((/** @type {any} */ one) => html`
          <li key=${one.at}><span class="muted">${when(one.at)}</span> ${t(one.rule ? "routing.queue_by_rule" : "routing.queue",
            { queue: one.queue, rule: one.rule ?? "", reason: wordFor(`reason.${one.reason}`, one.reason) })}</li>`)}
        ${offers.map((/** @type {any} */ one) => html`<${Offer} key=${one.at + one.agent_id} offer=${one} />`)}
      </ul>
      ${next && html`<${Next} next=${next} />`}
    </div>`;
}

/** @param {{offer: Record<string, any>}} props */
function Offer({ offer }) {
  const { at, agent_id, reason, others, outcome, transferred_by } = offer;
  const why = transferred_by ? t("routing.by_hand", { who: whom(transferred_by) }) : reason ? wordFor(`routing.reason.${reason}`, reason) : "";
  return html`
    <li><span class="muted">${moment(at, serverTime())}</span> ${t("routing.offered", { who: person(agent_id) })}${why && ` (${why})`}:
      ${" "}${wordFor(`outcome.${outcome ?? "open"}`, outcome ?? "open")}
      ${others.length > 0 && html`<ul>${others.map((/** @type {any} */ one) => html`<li><${Candidate} one=${one} /></li>`)}</ul>`}</li>`;
}

/** @param {{one: {agent_id: string | null, reason: string}}} props */
const Candidate = ({ one }) => html`${t("routing.not", { who: person(one.agent_id), why: wordFor(`routing.reason.${one.reason}`, one.reason) })}`;

/** @param {{next: Record<string, any>}} props */
function Next({ next: { agent, others, opens_at, relaxes_at } }) {
  return html`
    <p>${agent ? t("routing.next", { who: person(agent.agent_id), why: wordFor(`routing.reason.${agent.reason}`, agent.reason) }) : t("routing.nobody")}</p>
    <ul>${others.map((/** @type {any} */ one, /** @type {number} */ index) => html`<li key=${index}><${Candidate} one=${one} /></li>`)}</ul>
    ${opens_at && html`<p class="muted">${t("routing.opens", { when: moment(opens_at, serverTime()) })}</p>`}
    ${relaxes_at && html`<p class="muted">${t("routing.relaxes", { when: moment(relaxes_at, serverTime()) })}</p>`}`;
}
