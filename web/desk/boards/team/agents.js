/** The people at work: how they are, how full, what they have; away or offline for who forgot. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { call, read } from "../../api/api.js";
import { wordsOf } from "../../api/problem.js";
import { calledAs } from "../../person/colleagues.js";
import { may, me } from "../../person/me.js";
import { tell, tellTrouble } from "../../page/messages.js";
import { number } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Menu } from "../../parts/menu.js";
import { Icon } from "../../parts/icon.js";
import { Age, useReading } from "../reading.js";
import { GoHome, Held } from "./agent_dialogs.js";
import { fullness, inOrder, together } from "./people.js";

/** @typedef {import("../../api/shapes.d.ts").Colleague} Colleague */

const PAGE = 50;
const MOST_PAGES = 6;

/** @param {AbortSignal} until */
async function readPeople(until) {
  /** @type {Colleague[]} */
  const people = [];
  /** @type {string | null | undefined} */
  let cursor;
  for (let page = 0; page < MOST_PAGES && cursor !== null; page += 1) {
    const answer = await read("/agents", { at_work: true, limit: PAGE, cursor }, { signal: until });
    people.push(...answer.agents);
    cursor = answer.next;
  }
  return { people, isWhole: cursor === null };
}

export function Agents() {
  const reading = useReading(readPeople);
  const [held, setHeld] = useState(/** @type {Colleague | null} */ (null));
  const [home, setHome] = useState(/** @type {Colleague | null} */ (null));
  const people = inOrder(reading.data?.people ?? [], calledAs);
  const all = together(people);
  return html`
    <section class="panel" aria-labelledby="people-head">
      <div class="board-line"><h2 id="people-head">${t("team.people")}</h2><${Age} of=${reading} /></div>
      ${reading.data && (people.length
        ? html`<p>${t("team.people.together", { count: all.atWork, available: all.available, load: all.load, capacity: all.capacity })}</p>`
        : html`<p class="muted">${t("team.people.nobody")}</p>`)}
      ${people.length > 0 && html`
        <table class="board-cards board-people" aria-label=${t("team.people")}>
          <thead><tr>${["name", "presence", "load", "queues"].map((column) => html`<th scope="col" key=${column}>${t(`team.people.${column}`)}</th>`)}
            <td></td></tr></thead>
          <tbody>${people.map((person) => html`
            <${AgentRow} key=${person.agent_id} person=${person} onHeld=${() => setHeld(person)} onHome=${() => setHome(person)} onSet=${reading.again} />`)}</tbody>
        </table>`}
      ${reading.data && !reading.data.isWhole && html`<p class="notice off">${t("team.people.not_all")}</p>`}
      ${held && html`<${Held} person=${held} onClose=${() => setHeld(null)} />`}
      ${home && html`<${GoHome} person=${home} onClose=${() => setHome(null)} onSure=${() => { setHome(null); void setPresence(home, "offline", reading.again); }} />`}
    </section>`;
}

/** @param {{person: Colleague, onHeld: () => void, onHome: () => void, onSet: () => void}} props */
function AgentRow({ person, onHeld, onHome, onSet }) {
  const name = calledAs(person);
  const { width, kind } = fullness(person);
  const toOthers = may("set_presence_of_others") && person.agent_id !== me.value?.agent_id;
  const choices = [
    { label: t("team.people.set_away"), act: () => void setPresence(person, "away", onSet), disabled: person.presence === "away" },
    { label: t("team.people.set_offline"), act: onHome },
  ];
  return html`
    <tr>
      <th scope="row" class="card-title">${name}${person.agent_id === me.value?.agent_id && ` (${t("you")})`}</th>
      <td data-label=${t("team.people.presence")}><span class="pill ${person.presence === "available" ? "ok" : "off"}">${t(`presence.${person.presence}`)}</span></td>
      <td data-label=${t("team.people.load")}>
        <span class="board-load"><svg class="board-bar ${kind}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
          <rect class="rest" width="100" height="4" /><rect class="full" width=${width} height="4" /></svg>
        <span>${t("team.people.units", { load: number(person.load), capacity: number(person.capacity) })}</span></span>
      </td>
      <td data-label=${t("team.people.queues")}>${person.queues.join(", ")}</td>
      <td class="buttons end">
        ${may("read_conversations") && html`<button type="button" aria-label=${`${t("team.people.held")}: ${name}`} onClick=${onHeld}>${t("team.people.held")}</button>`}
        ${toOthers && html`<${Menu} name=${t("team.people.presence_of", { name })} buttonClass="plain icon" choices=${choices}><${Icon} mark="more" /><//>`}
      </td>
    </tr>`;
}

/** @param {Colleague} person @param {"away" | "offline"} presence @param {() => void} again */
async function setPresence(person, presence, again) {
  const name = calledAs(person);
  try {
    await call("PUT", `/agents/${encodeURIComponent(person.agent_id)}/presence`, { body: { presence }, repeatable: true });
    tell(t(`team.people.is_${presence}`, { name }));
  } catch (error) {
    tellTrouble(t("team.people.not_set", { name, why: wordsOf(error) }));
  }
  again();
}
