/** Agents: who is there and what each of them takes, and the profile of one. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { wordsOf } from "../../api/problem.js";
import { colleagues, loadColleagues, nameOf } from "../../person/colleagues.js";
import { may } from "../../person/me.js";
import { go, href, route } from "../../page/router.js";
import { languageName } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Field } from "../../parts/field.js";
import { Icon } from "../../parts/icon.js";
import { ProfilePage } from "./profile_page.js";

/** @typedef {import("../../api/shapes.d.ts").Colleague} Colleague */

const KINDS = { available: "ok", busy: "due", away: "off", offline: "off" };
const ID = /^[A-Za-z0-9_-]{1,128}$/;

export default function AgentsPage() {
  const [, id] = route.value.rest;
  return id ? html`<${ProfilePage} key=${id} id=${id} />` : html`<${List} />`;
}

function List() {
  const [trouble, setTrouble] = useState("");
  const load = () => {
    setTrouble("");
    loadColleagues().catch((error) => setTrouble(wordsOf(error)));
  };
  useEffect(load, []);
  const agents = [...colleagues.value.values()].sort((one, other) => nameOf(one.agent_id).localeCompare(nameOf(other.agent_id)));
  return html`
    <main id="page" class="page settings" tabindex="-1">
      <header>
        <a class="button plain" href=${href("settings")}><${Icon} mark="back" />${t("page.settings")}</a>
        <h1>${t("kind.agents")}</h1>
      </header>
      ${trouble && html`
        <div class="notice late" role="alert"><span>${trouble}</span><button type="button" onClick=${load}>${t("try_again")}</button></div>`}
      ${agents.length
        ? html`<ul class="staff">${agents.map((agent) => html`<li key=${agent.agent_id}><${Line} agent=${agent} /></li>`)}</ul>`
        : html`<p class="muted">${t("agents.none")}</p>`}
      <section class="panel" aria-labelledby="invite">
        <h2 id="invite">${t("agents.invite")}</h2>
        <p>${t("agents.invite.how")}</p>
        <p class="muted">${t("agents.invite.before")}</p>
        ${may("write_agents") && html`<${ByNumber} />`}
      </section>
    </main>`;
}

/** @param {{agent: Colleague}} props */
function Line({ agent }) {
  const { agent_id: id, presence, load, capacity, queues, languages } = agent;
  return html`
    <a href=${href("settings", "agents", id)}>${agent.display_name || nameOf(id)}</a>
    <span class="pill ${KINDS[presence] ?? "off"}">${t(`presence.${presence}`)}</span>
    <span class="muted">${t("agents.load", { load, capacity })}</span>
    <span>${queues.join(", ")}</span>
    <span class="muted">${languages.map(languageName).join(", ") || t("agents.all_languages")}</span>`;
}

/** A profile may be written before its agent comes for the first time. */
function ByNumber() {
  const [id, setId] = useState("");
  const [tried, setTried] = useState(false);
  const open = (/** @type {Event} */ event) => {
    event.preventDefault();
    setTried(!ID.test(id));
    if (ID.test(id)) go("settings", "agents", id);
  };
  return html`
    <form class="add-line" onSubmit=${open}>
      <${Field} label=${t("agents.id")} wrong=${tried ? t("agents.id.wrong") : undefined}>
        ${(/** @type {any} */ attributes) => html`
          <input ...${attributes} autocapitalize="off" autocomplete="off" spellcheck="false" maxlength="128" value=${id}
            onInput=${(/** @type {any} */ event) => setId(event.currentTarget.value.trim())} />`}
      </${Field}>
      <button type="submit">${t("agents.open")}</button>
    </form>`;
}
