/** The profile of one agent: name, languages, queues, skills, how much they take and when. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { wordsOf } from "../../api/problem.js";
import { CHANNELS } from "../../inbox/row_view.js";
import { colleagues, loadColleagues } from "../../person/colleagues.js";
import { useShortcuts } from "../../page/keys.js";
import { may } from "../../person/me.js";
import { tell } from "../../page/messages.js";
import { href } from "../../page/router.js";
import { t } from "../../language/words.js";
import { Icon } from "../../parts/icon.js";
import { ChangeList } from "../documents/changes/change_list.js";
import { useDocument } from "../documents/document.js";
import { Faults } from "../documents/faults/fault_view.js";
import { asChoices, ChoiceIn, NamesIn, NumberIn, TextIn, WordsIn } from "../documents/fields.js";
import { take } from "../documents/pointers.js";
import { SaveBar } from "../documents/save_bar.js";
import { profileOf } from "./agent_profile.js";

const SKILLS = ["", "0", "1", "2", "3", "4", "5"];

/** @param {{id: string}} props */
export function ProfilePage({ id }) {
  const profile = profileOf(id);
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => { void profile.open(); }, [profile]);
  const save = async () => {
    if (busy || !profile.isFit || !profile.isChanged.peek()) return;
    setBusy(true);
    setTrouble("");
    try {
      const outcome = await profile.save();
      if (outcome === "saved") {
        tell(t("settings.saved"));
        await loadColleagues();
      }
    } catch (error) {
      setTrouble(wordsOf(error));
    }
    setBusy(false);
  };
  useShortcuts([{ keys: "Ctrl+s", label: t("save"), act: () => void save(), always: true }], [profile, busy]);
  const mayWrite = may("write_agents");
  return html`
    <main id="page" class="page settings" tabindex="-1">
      <header>
        <a class="button plain" href=${href("settings", "agents")}><${Icon} mark="back" />${t("kind.agents")}</a>
        <h1>${colleagues.value.get(id)?.display_name || t("colleague", { id: id.slice(0, 8) })}</h1>
      </header>
      ${profile.problem.value !== null && html`
        <div class="notice late" role="alert"><span>${wordsOf(profile.problem.value)}</span>
          <button type="button" onClick=${() => void profile.open()}>${t("try_again")}</button></div>`}
      ${!mayWrite && html`<p class="notice off">${t("settings.read_only")}</p>`}
      ${trouble && html`<p class="notice late" role="alert">${trouble}</p>`}
      ${profile.base.value && html`
        <${Moved} profile=${profile} />
        <${Faults} faults=${profile.faults.value} document=${profile.draft.value} />
        <fieldset class="editor" disabled=${!mayWrite}><${Profile} profile=${profile} /></fieldset>
        ${mayWrite && html`
          <${SaveBar} draft=${profile} label=${t("save")} busy=${busy || !!profile.newest.value} onSave=${() => void save()} />`}`}
    </main>`;
}

/** @typedef {import("./agent_profile.js").AgentProfile} AgentProfile */

/** @param {{profile: AgentProfile}} props */
function Moved({ profile }) {
  const [base, newest] = [profile.base.value, profile.newest.value];
  if (!base || !newest) return null;
  return html`
    <div class="notice due" role="status">
      <div>
        <b>${t("settings.moved")}</b>
        <${ChangeList} before=${base.document} after=${newest.document} />
      </div>
      <button type="button" onClick=${() => profile.drop()}>${t("settings.moved.take_theirs")}</button>
      <button type="button" onClick=${() => profile.putOnTop()}>${t("settings.moved.on_top")}</button>
    </div>`;
}

/** @param {{profile: AgentProfile}} props */
function Profile({ profile }) {
  const queues = useDocument("queues").base.value?.document;
  const hours = useDocument("opening_hours").base.value?.document;
  const calendars = [{ value: "", label: t("agents.always") }, ...asChoices(Object.keys(hours?.calendars ?? {}))];
  return html`
    <section class="panel">
      <div class="fields row">
        <${TextIn} document=${profile} path=${["display_name"]} label=${t("field.display_name")} hint=${t("agents.name.hint")} maxlength=${80} />
        <${WordsIn} document=${profile} path=${["languages"]} label=${t("field.languages")} hint=${t("agents.languages.hint")} />
        <${NumberIn} document=${profile} path=${["capacity"]} label=${t("field.capacity")} hint=${t("agents.capacity.hint")} most=${200} empty=${null} />
        <${ChoiceIn} document=${profile} path=${["calendar"]} label=${t("agents.calendar")} choices=${calendars} />
      </div>
      <${NamesIn} document=${profile} path=${["queues"]} label=${t("kind.queues")} hint=${t("agents.queues.hint")} choices=${asChoices(Object.keys(queues?.queues ?? {}))} />
    </section>
    <section class="panel" aria-labelledby="skills">
      <h2 id="skills">${t("field.skills")}</h2>
      <p class="muted">${t("agents.skills.hint")}</p>
      <div class="fields row">${CHANNELS.map((channel) => html`<${Skill} key=${channel} profile=${profile} channel=${channel} />`)}</div>
    </section>`;
}

/** Left open it is 3, and not written down. @param {{profile: AgentProfile, channel: string}} props */
function Skill({ profile, channel }) {
  const value = profile.draft.value.skills?.[channel];
  const id = `skill-${channel}`;
  const choose = (/** @type {any} */ event) => {
    const chosen = event.currentTarget.value;
    if (chosen === "") profile.change((/** @type {any} */ draft) => take(draft, ["skills", channel]));
    else profile.put(["skills", channel], Number(chosen));
  };
  return html`
    <div class="field">
      <label for=${id}>${t(`channel.${channel}`)}</label>
      <select id=${id} value=${value === undefined ? "" : String(value)} onChange=${choose}>
        ${SKILLS.map((one) => html`<option key=${one} value=${one} selected=${(value === undefined ? "" : String(value)) === one}>${t(one ? `agents.skill.${one}` : "agents.skill.open")}</option>`)}
      </select>
      ${profile.wrongAt(["skills", channel]) && html`<span class="wrong">${profile.wrongAt(["skills", channel])}</span>`}
    </div>`;
}
