/** Beside the conversation: its times, its customer, what it is about, and how it came here. */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { read } from "../../api/api.js";
import { wordsOf } from "../../api/problem.js";
import { serverTime } from "../../page/clock.js";
import { tellTrouble } from "../../page/messages.js";
import { nameOf } from "../../person/colleagues.js";
import { useShortcuts } from "../../page/keys.js";
import { may, me } from "../../person/me.js";
import { languageName, moment } from "../../language/formats.js";
import { language, t, wordFor } from "../../language/words.js";
import { Icon } from "../../parts/icon.js";
import { LinkedText } from "../../parts/linked_text.js";
import { openAct } from "../acts/open_act.js";
import { possible } from "../acts/possible.js";
import { tagTitle } from "../acts/tag_names.js";
import { tagSettings, wantTagTitles } from "../acts/tag_settings.js";
import { originWords } from "../log/message_view.js";
import { Asked } from "./asked.js";
import { Clocks } from "./clocks_view.js";
import { Episodes } from "./episodes_view.js";
import { Routing } from "./routing_view.js";
import { covers, sideOpen, toggleSide } from "./side_open.js";

/** Whose addresses are telephone numbers. */
const NUMBERS = new Set(["whatsapp", "sms"]);

/** @typedef {import("../talk.js").Talk} Talk */
/** @typedef {import("../../api/shapes.d.ts").Conversation} Conversation */

/** @param {{talk: Talk, conversation: Conversation}} props */
function SidePanel({ talk, conversation }) {
  const back = useAsPage();
  return html`
    <aside class="side" aria-label=${t("side")}>
      <button type="button" class="plain side-close" ref=${back} onClick=${toggleSide}><${Icon} mark="back" />${t("side.back")}</button>
      <h2 class="aside-only">${t("side")}</h2>
      <${Clocks} talk=${talk} clocks=${conversation.clocks} />
      <${Customer} talk=${talk} conversation=${conversation} />
      <${Tags} conversation=${conversation} />
      <${Notes} id=${talk.id} />
      <${Episodes} talk=${talk} />
      <section><h3>${t("side.routing")}</h3><${Routing} id=${talk.id} /></section>
    </aside>`;
}

/** Where it lies over the conversation it has the focus, Escape leads back, and the focus too. */
function useAsPage() {
  const back = useRef(/** @type {HTMLElement | null} */ (null));
  useShortcuts(covers() ? [{ keys: "Escape", label: t("side.back"), hidden: true, act: toggleSide }] : [], []);
  useEffect(() => {
    if (!covers()) return undefined;
    back.current?.focus();
    return () => requestAnimationFrame(() => document.querySelector(/** @type {"button"} */ (".panel-switch"))?.focus());
  }, []);
  return back;
}

/** @param {{talk: Talk, conversation: Conversation}} props */
function Customer({ talk, conversation }) {
  const { channel, customer, segment, queue, handoff_reason: reason } = conversation;
  /** @type {[string, any][]} */
  const facts = [
    [t("side.channel"), wordFor(`channel.${channel}`, channel)],
    [t("side.language"), customer.language ? languageName(customer.language) : t("side.unknown")],
    [t("side.queue"), queue],
    [t("side.segment"), segment],
    [t("side.origin"), customer.origin && (customer.origin.headline || customer.origin.reference || originWords(customer.origin))],
    [t("side.reason"), reason && wordFor(`reason.${reason}`, reason)],
  ];
  return html`
    <section>
      <h3>${t("side.customer")}</h3>
      <dl class="facts">${facts.filter(([, value]) => value).map(([name, value]) => html`<dt key=${name}>${name}</dt><dd>${value}</dd>`)}</dl>
      ${may("read_contact") && html`<${Contact} id=${talk.id} />`}
    </section>`;
}

/** Whoever looks is in the audit: so only who asks sees it. @param {{id: string}} props */
function Contact({ id }) {
  const wanted = openAct.value === "contact";
  const [opened, setOpened] = useState(false);
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (!wanted) return;
    setOpened(true);
    openAct.value = "";
    place.current?.scrollIntoView({ block: "nearest" });
  }, [wanted]);
  return html`
    <div ref=${place}>
      <${Asked} key=${id} open=${opened} label=${t("contact.ask")} load=${() => read(`/conversations/${id}/contact`)}>
        ${(/** @type {any} */ contact) => html`<p class="contact"><b>${reached(contact.reply_to)}</b><br /><small class="muted">${t("contact.audited")}</small></p>`}
      <//>
    </div>`;
}

/** Without what it is one of, a number as one dials it: `whatsapp:393330000101`. @param {string} address */
function reached(address) {
  const [, kind, rest] = /^(\w+):(.*)$/.exec(address) ?? ["", "", "", address];
  return NUMBERS.has(kind ?? "") && /^\d+$/.test(rest ?? "") ? `+${rest}` : rest || address;
}

/** @param {{conversation: Conversation}} props */
function Tags({ conversation }) {
  useEffect(wantTagTitles, []);
  const can = possible(conversation, { agentId: me.value?.agent_id ?? "", may });
  return html`
    <section>
      <h3>${t("act.tags")}</h3>
      <p class="tags">${conversation.tags.length ? conversation.tags.map((tag) => html`<span class="tag" key=${tag}>${tagTitle(tagSettings.value, tag, language.value)}</span>`) : html`<span class="muted">${t("tags.none")}</span>`}</p>
      ${can.has("tags") && html`<button type="button" class="link" onClick=${() => { openAct.value = "tags"; }}>${t("tags.change")}</button>`}
    </section>`;
}

/** @param {{id: string}} props */
function Notes({ id }) {
  return html`
    <section>
      <h3>${t("side.notes")}</h3>
      <${Asked} key=${id} label=${t("notes.ask")} load=${() => read(`/conversations/${id}/notes`)}>
        ${(/** @type {any} */ page) => html`<${NoteList} id=${id} first=${page} />`}
      <//>
    </section>`;
}

/** @param {{id: string, first: {notes: any[], older: number | null}}} props */
function NoteList({ id, first }) {
  const [more, setMore] = useState(/** @type {any[]} */ ([]));
  const [older, setOlder] = useState(first.older);
  useEffect(() => { setMore([]); setOlder(first.older); }, [first]);
  const notes = [...first.notes, ...more];
  const goOn = async () => {
    const page = await read(`/conversations/${id}/notes`, { before: older });
    setMore([...more, ...page.notes]);
    setOlder(page.older);
  };
  return html`
    ${!notes.length && html`<p class="muted">${t("notes.none")}</p>`}
    <ul class="note-list">
      ${notes.map((note) => html`
        <li key=${note.effect_key}><p class="text"><${LinkedText} text=${note.text} /></p><small class="muted">${nameOf(note.agent_id)} · ${moment(note.at, serverTime())}</small></li>`)}
    </ul>
    ${older !== null && html`<button type="button" class="link" onClick=${() => void goOn().catch((error) => tellTrouble(wordsOf(error)))}>${t("notes.older")}</button>`}`;
}

/** @param {{talk: Talk, conversation: Conversation}} props */
export function Side({ talk, conversation }) {
  const wanted = openAct.value === "contact";
  useEffect(() => { if (wanted) sideOpen.value = true; }, [wanted]);
  return sideOpen.value ? html`<${SidePanel} talk=${talk} conversation=${conversation} />` : null;
}
