/** How a conversation came where it is, whom it was offered to and why, and who would be asked now. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { read } from "../../api/api.js";
import { wordsOf } from "../../api/problem.js";
import { now } from "../../page/clock.js";
import { nameOf } from "../../person/colleagues.js";
import { customerName } from "../../inbox/row_view.js";
import { moment } from "../../language/formats.js";
import { isSaid, t } from "../../language/words.js";
import { Dialog } from "../../parts/dialog.js";

/** @typedef {import("../shapes.d.ts").Routing} Routing */
/** @typedef {import("../shapes.d.ts").Reasoned} Reasoned */

/** @param {{row: import("../../api/shapes.d.ts").Row, onClose: () => void}} props */
export function Explanation({ row, onClose }) {
  const [routing, setRouting] = useState(/** @type {Routing | null} */ (null));
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    const leaving = new AbortController();
    read(`/conversations/${row.conversation_id}/routing`, {}, { signal: leaving.signal })
      .then(setRouting, (error) => { if (!leaving.signal.aborted) setTrouble(wordsOf(error)); });
    return () => leaving.abort();
  }, [row.conversation_id]);
  return html`
    <${Dialog} title=${t("team.why.title", { name: customerName(row.name) })} onClose=${onClose}>
      ${trouble && html`<p class="notice late" role="alert">${trouble}</p>`}
      ${!routing && !trouble && html`<p class="muted" role="status">${t("loading")}</p>`}
      ${routing && html`<${Next} next=${routing.next} /><${Offers} offers=${routing.offers} /><${Queues} queues=${routing.queues} />`}
    <//>`;
}

/** @param {{next: Routing["next"]}} props */
function Next({ next }) {
  if (!next) return html`<p>${t("team.why.waits_not")}</p>`;
  return html`
    <section class="board-why">
      <h3>${t("team.why.next")}</h3>
      <p>${next.agent ? t("team.why.would_ask", { name: person(next.agent), why: reason(next.agent.reason) }) : t("team.why.nobody_fits")}</p>
      ${next.opens_at && html`<p>${t("team.why.opens", { at: moment(next.opens_at, now.peek()) })}</p>`}
      ${next.relaxes_at && html`<p>${t("team.why.relaxes", { at: moment(next.relaxes_at, now.peek()) })}</p>`}
      <${Others} others=${next.others} />
    </section>`;
}

/** @param {{offers: Routing["offers"]}} props */
function Offers({ offers }) {
  if (!offers.length) return html`<section class="board-why"><h3>${t("team.why.offers")}</h3><p>${t("team.why.no_offers")}</p></section>`;
  return html`
    <section class="board-why">
      <h3>${t("team.why.offers")}</h3>
      <ol>${offers.map((offer) => html`
        <li key=${offer.at}>
          <p><span class="muted">${moment(offer.at, now.peek())}</span> <b>${person(offer)}</b> · ${reason(offer.reason)} · ${t(`team.why.outcome.${offer.outcome ?? "open"}`)}</p>
          ${offer.transferred_by && html`<p class="muted">${t("team.why.transferred_by", { name: nameOf(offer.transferred_by) })}</p>`}
          <${Others} others=${offer.others} />
        </li>`)}</ol>
    </section>`;
}

/** @param {{queues: Routing["queues"]}} props */
function Queues({ queues }) {
  if (!queues.length) return null;
  return html`
    <section class="board-why">
      <h3>${t("team.why.queues")}</h3>
      <ol>${queues.map((one) => html`
        <li key=${one.at}><span class="muted">${moment(one.at, now.peek())}</span> <b>${one.queue}</b> · ${handoffReason(one.reason)}
          ${one.rule && html` · ${t("team.why.rule", { rule: one.rule })}`}</li>`)}</ol>
    </section>`;
}

/** @param {{others: Reasoned[]}} props */
function Others({ others }) {
  if (!others.length) return null;
  return html`<ul class="muted">${others.map((other, at) => html`<li key=${at}>${person(other)}: ${reason(other.reason)}</li>`)}</ul>`;
}

/** @param {{agent_id: string | null}} of somebody of another team has no name here */
const person = ({ agent_id: id }) => (id ? nameOf(id) : t("team.why.of_another_team"));

/** @param {string} code */
const reason = (code) => (isSaid(`team.reason.${code}`) ? t(`team.reason.${code}`) : code);

/** @param {string} code */
const handoffReason = (code) => (isSaid(`team.handoff.${code}`) ? t(`team.handoff.${code}`) : code);
