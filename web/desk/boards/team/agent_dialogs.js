/** What a colleague has, and what it means to send them home. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { read } from "../../api/api.js";
import { wordsOf } from "../../api/problem.js";
import { now } from "../../page/clock.js";
import { calledAs } from "../../person/colleagues.js";
import { href } from "../../page/router.js";
import { rowOf } from "../../inbox/lists.js";
import { customerName } from "../../inbox/row_view.js";
import { moment } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Countdown } from "../../parts/countdown.js";
import { Dialog } from "../../parts/dialog.js";

/** @typedef {import("../../api/shapes.d.ts").Colleague} Colleague */
/** @typedef {import("../../api/shapes.d.ts").Row} Row */
/** @typedef {import("../shapes.d.ts").Held} HeldOne */

/** Each costs a call: further ones are shown by when they were given. */
const MOST_READ = 10;

/** @param {{person: Colleague, onClose: () => void}} props */
export function Held({ person, onClose }) {
  const name = calledAs(person);
  const [held, setHeld] = useState(/** @type {HeldOne[] | null | undefined} */ (undefined));
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    const leaving = new AbortController();
    read(`/agents/${encodeURIComponent(person.agent_id)}`, {}, { signal: leaving.signal }).then(
      (agent) => setHeld(agent.held),
      (error) => { if (!leaving.signal.aborted) setTrouble(wordsOf(error)); });
    return () => leaving.abort();
  }, [person.agent_id]);
  return html`
    <${Dialog} title=${t("team.people.held_by", { name })} onClose=${onClose}>
      ${trouble && html`<p class="notice late" role="alert">${trouble}</p>`}
      ${held === undefined && !trouble && html`<p class="muted" role="status">${t("loading")}</p>`}
      ${held === null && html`<p>${t("team.people.held_hidden")}</p>`}
      ${held && !held.length && html`<p>${t("team.people.held_none", { name })}</p>`}
      ${held && held.length > 0 && html`
        <ul class="board-rows">${held.map((one, at) => html`<${HeldRow} key=${one.conversation_id} held=${one} readIt=${at < MOST_READ} onOpen=${onClose} />`)}</ul>`}
    <//>`;
}

/** @param {{held: HeldOne, readIt: boolean, onOpen: () => void}} props */
function HeldRow({ held, readIt, onOpen }) {
  const id = held.conversation_id;
  const [found, setFound] = useState(/** @type {Row | undefined} */ (undefined));
  useEffect(() => {
    if (!readIt || rowOf(id)) return undefined;
    const leaving = new AbortController();
    // An id finds its row, whatever list it is on.
    read("/search", { q: id, limit: 1 }, { signal: leaving.signal }).then(
      (page) => setFound(page.hits[0]?.row), () => undefined);
    return () => leaving.abort();
  }, [id, readIt]);
  const row = rowOf(id) ?? found;
  return html`
    <li>
      <a href=${href("all", id)} onClick=${onOpen}>
        <span class="board-row-head"><b>${row ? customerName(row.name) : t("team.people.conversation", { id: id.slice(0, 8) })}</b> <${Countdown} due=${row?.due ?? null} /></span>
        <span class="board-row-words">${row?.last_words?.text ?? ""}</span>
        <span class="muted">${t(held.offered ? "team.people.offered_since" : "team.people.since", { at: moment(held.since, now.peek()) })} · ${t("team.people.takes", { count: held.units })}</span>
      </a>
    </li>`;
}

/** @param {{person: Colleague, onClose: () => void, onSure: () => void}} props */
export function GoHome({ person, onClose, onSure }) {
  const name = calledAs(person);
  return html`
    <${Dialog} title=${t("team.people.home_title", { name })} onClose=${onClose}>
      <p>${t("team.people.home_means")}</p>
      <div class="buttons end">
        <button type="button" onClick=${onClose}>${t("cancel")}</button>
        <button type="button" class="main" onClick=${onSure}>${t("team.people.set_offline")}</button>
      </div>
    <//>`;
}
