/** What is late now, the latest first: open it, or take it over. */
import { html } from "htm/preact";
import { useRef, useState } from "preact/hooks";
import { act } from "../../api/api.js";
import { wordsOf } from "../../api/problem.js";
import { now } from "../../page/clock.js";
import { nameOf } from "../../person/colleagues.js";
import { may, me } from "../../person/me.js";
import { tell, tellTrouble } from "../../page/messages.js";
import { go, href } from "../../page/router.js";
import { arranged } from "../../inbox/arrangement.js";
import { reachOf, refresh, rowOf, rowsOf } from "../../inbox/lists.js";
import { channelName, customerName } from "../../inbox/row_view.js";
import { t } from "../../language/words.js";
import { Countdown } from "../../parts/countdown.js";
import { Age, useReading } from "../reading.js";

/** @typedef {import("../../api/shapes.d.ts").Row} Row */

const MOST = 20;

/** A list as often as everything else here; what fails is told with the figures. @param {import("../../inbox/rows.js").View} view */
export async function readList(view) {
  await refresh(view);
  const { trouble } = reachOf(view);
  if (trouble) throw trouble;
  return true;
}

export function Late() {
  const reading = useReading(() => readList("breaching"));
  const [held, setHeld] = useState(false);
  const shown = useRef(/** @type {import("../../inbox/arrangement.js").Placed[]} */ ([]));
  const all = rowsOf("breaching", now.value);
  const rows = arranged(shown.current, all.slice(0, MOST), held, rowOf);
  shown.current = rows;
  return html`
    <section class="panel" aria-labelledby="late-head">
      <div class="board-line">
        <h2 id="late-head">${t("team.late")}</h2>
        <${Age} of=${reading} quiet />
        ${all.length > 0 && html`<a href=${href("breaching")}>${t("team.to_late", { count: all.length })}</a>`}
      </div>
      ${reading.data && !rows.length && html`<p class="muted">${t("team.nothing_late")}</p>`}
      <ul class="board-rows" aria-label=${t("team.late")}
        onPointerEnter=${() => setHeld(true)} onPointerLeave=${() => setHeld(false)}
        onFocusIn=${() => setHeld(true)} onFocusOut=${() => setHeld(false)}>
        ${rows.map(({ row, left }) => html`<${LateRow} key=${row.conversation_id} row=${row} gone=${left} />`)}
      </ul>
    </section>`;
}

/** @param {{row: Row, gone: boolean}} props */
function LateRow({ row, gone }) {
  const [taking, setTaking] = useState(false);
  const mine = row.owner.kind === "agent" && row.owner.name === me.value?.agent_id;
  const take = async () => {
    if (taking || gone) return;
    setTaking(true);
    await takeOver(row);
    setTaking(false);
  };
  return html`
    <li class=${gone ? "gone" : ""}>
      <a href=${href("breaching", row.conversation_id)}>
        <span class="board-row-head"><b>${customerName(row.name)}</b> <${Countdown} due=${gone ? null : row.due} /></span>
        <span class="board-row-words">${row.last_words?.text || t("team.no_words")}</span>
        <span class="muted">${channelName(row.channel)} · ${whereIs(row)}</span>
      </a>
      ${gone && html`<span class="pill off">${t("team.gone")}</span>`}
      ${may("take_over") && !mine && html`
        <button type="button" aria-disabled=${taking || gone} aria-label=${`${t("team.take_over")}: ${customerName(row.name)}`}
          onClick=${() => void take()}>${t(taking ? "team.taking" : "team.take_over")}</button>`}
    </li>`;
}

/** @param {Row} row */
async function takeOver(row) {
  try {
    // Whoever has it by now is not who was looked at: then the API says so.
    await act(`/conversations/${row.conversation_id}/take-over`, { owner_version: row.owner.version }, { repeatable: true });
    tell(t("team.taken", { name: customerName(row.name) }), { label: t("team.open"), act: () => go("mine", row.conversation_id) });
  } catch (error) {
    tellTrouble(t("team.not_taken", { name: customerName(row.name), why: wordsOf(error) }));
  }
  void refresh("breaching");
}

/** @param {Row} row */
function whereIs(row) {
  if (row.owner.kind !== "agent") return t("team.waits_in", { queue: row.owner.name });
  return row.owner.name === me.value?.agent_id ? t("team.mine") : t("team.has_it", { name: nameOf(row.owner.name) });
}
