/** Who waits and is being offered now: which tier rings, whom, how long still. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { read } from "../../api/api.js";
import { now } from "../../page/clock.js";
import { nameOf } from "../../person/colleagues.js";
import { href } from "../../page/router.js";
import { rowsOf } from "../../inbox/lists.js";
import { customerName } from "../../inbox/row_view.js";
import { clockFace, millis } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Age, useReading } from "../reading.js";
import { Explanation } from "./explanation.js";
import { readList } from "./late.js";

/** @typedef {import("../../api/shapes.d.ts").Row} Row */
/** @typedef {import("../shapes.d.ts").Ring} Ring */

/** Whom a tier rings stands in the conversation alone: so many are read. */
const MOST = 10;

export function Ladders() {
  const reading = useReading(() => readList("unassigned"));
  const [explained, setExplained] = useState(/** @type {Row | null} */ (null));
  const waiting = rowsOf("unassigned", now.value);
  const ringing = waiting.filter((row) => row.offer && millis(row.offer.expires_at) > now.value);
  const silent = waiting.length - ringing.length;
  return html`
    <section class="panel" aria-labelledby="ladders-head">
      <div class="board-line"><h2 id="ladders-head">${t("team.ladders")}</h2><${Age} of=${reading} quiet /></div>
      ${reading.data && !waiting.length && html`<p class="muted">${t("team.ladders.nobody")}</p>`}
      <ul class="board-rows" aria-label=${t("team.ladders")}>
        ${ringing.slice(0, MOST).map((row) => html`
          <${RingRow} key=${row.conversation_id} row=${row} onExplain=${() => setExplained(row)} />`)}
        ${waiting.filter((row) => !ringing.includes(row)).slice(0, MOST).map((row) => html`
          <${SilentRow} key=${row.conversation_id} row=${row} onExplain=${() => setExplained(row)} />`)}
      </ul>
      ${(ringing.length > MOST || silent > MOST) && html`<a href=${href("unassigned")}>${t("team.ladders.all", { count: waiting.length })}</a>`}
      ${explained && html`<${Explanation} row=${explained} onClose=${() => setExplained(null)} />`}
    </section>`;
}

/** @param {{row: Row, onExplain: () => void}} props */
function RingRow({ row, onExplain }) {
  const ring = /** @type {Ring} */ (row.offer);
  const left = Math.max(0, (millis(ring.expires_at) - now.value) / 1000);
  return html`
    <li>
      <a href=${href("unassigned", row.conversation_id)}>
        <span class="board-row-head"><b>${customerName(row.name)}</b> <span class="pill ${left < 10 ? "due" : "off"}">${clockFace(left)}</span></span>
        <span class="muted">${row.queue} · ${ringWords(ring)}</span>
        ${!ring.agent_id && html`<${Rung} row=${row} ring=${ring} />`}
      </a>
      <button type="button" aria-label=${`${t("team.ladders.why")} ${customerName(row.name)}`} onClick=${onExplain}>${t("team.ladders.why")}</button>
    </li>`;
}

/** @param {{row: Row, onExplain: () => void}} props */
function SilentRow({ row, onExplain }) {
  const since = row.waiting_since ?? row.owner.since;
  return html`
    <li>
      <a href=${href("unassigned", row.conversation_id)}>
        <span class="board-row-head"><b>${customerName(row.name)}</b> <span class="muted">${clockFace((now.value - millis(since)) / 1000)}</span></span>
        <span class="muted">${row.queue} · ${t("team.ladders.silent")}</span>
      </a>
      <button type="button" aria-label=${`${t("team.ladders.why")} ${customerName(row.name)}`} onClick=${onExplain}>${t("team.ladders.why")}</button>
    </li>`;
}

/** @param {Ring} ring */
function ringWords(ring) {
  if (ring.agent_id) return t("team.ladders.asks", { name: nameOf(ring.agent_id) });
  if (!ring.tier) return t("team.ladders.rings");
  return ring.round && ring.round > 1
    ? t("team.ladders.tier_again", { tier: ring.tier, round: ring.round }) : t("team.ladders.tier", { tier: ring.tier });
}

/** Whom the tier rings, read once for each offer. @param {{row: Row, ring: Ring}} props */
function Rung({ row, ring }) {
  const [rung, setRung] = useState("");
  useEffect(() => {
    const leaving = new AbortController();
    read(`/conversations/${row.conversation_id}`, { limit: 1 }, { signal: leaving.signal }).then(
      (conversation) => {
        if (!leaving.signal.aborted && conversation.offer?.offer_id === ring.offer_id) setRung(rungWords(conversation.offer));
      },
      () => undefined, // the tier's number stands there all the same
    );
    return () => leaving.abort();
  }, [row.conversation_id, ring.offer_id]);
  return html`<span class="board-row-words">${rung || "\u00a0"}</span>`;
}

/** @param {NonNullable<import("../../api/shapes.d.ts").Conversation["offer"]>} offer */
function rungWords({ agents, endpoints, declined_by }) {
  const people = agents.map((id) => (declined_by.includes(id) ? t("team.ladders.declined", { name: nameOf(id) }) : nameOf(id)));
  return [...people, ...endpoints].join(", ");
}
