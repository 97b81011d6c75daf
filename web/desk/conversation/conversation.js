/** A conversation from its header to the field that one answers in. */
import { html } from "htm/preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Composer } from "../composer/composer.js";
import { PendingMessages } from "../composer/pending_view.js";
import { route, replace } from "../page/router.js";
import { nameOf } from "../person/colleagues.js";
import { t } from "../language/words.js";
import { Dialogs } from "./acts/dialogs.js";
import { isWaiting } from "./acts/later.js";
import { acknowledge } from "./acts/perform.js";
import { Header } from "./header.js";
import { Log } from "./log/log_view.js";
import { covers, sideOpen } from "./side/side_open.js";
import { Side } from "./side/side_panel.js";
import { talkOf } from "./talks.js";
import { present, useWatching } from "./watching.js";

/** @typedef {import("./talk.js").Talk} Talk */

/** @param {{id: string, onBack: () => void}} props */
export default function Conversation({ id, onBack }) {
  const talk = useMemo(() => talkOf(id), [id]);
  const isRead = useReading(talk);
  useWatching(id);
  useGoingOn(talk);
  const conversation = talk.conversation.value;
  const problem = talk.problem.value;
  if (!conversation) return problem ? html`<${Missing} talk=${talk} onBack=${onBack} />` : html`<${Skeleton} onBack=${onBack} />`;
  const name = conversation.customer.display_name || t("customer");
  return html`
    <section class="conversation" aria-label=${t("talk.with", { name })}>
      <div class="talking-to" inert=${sideOpen.value && covers()}>
        <${Header} talk=${talk} conversation=${conversation} onBack=${onBack} />
        ${problem && html`<${Behind} talk=${talk} />`}
        <${Notices} talk=${talk} conversation=${conversation} />
        <${Log} key=${id} talk=${talk} isRead=${isRead}><${PendingMessages} talk=${talk} /><//>
        <${Present} id=${id} />
        <${Composer} talk=${talk} />
      </div>
      <${Side} talk=${talk} conversation=${conversation} />
      <${Dialogs} talk=${talk} />
    </section>`;
}

/** Open it, and tell when it is read to its end. @param {Talk} talk */
function useReading(talk) {
  const [isRead, setIsRead] = useState(false);
  useEffect(() => {
    let isOver = false;
    setIsRead(false);
    void talk.open().then(() => { if (!isOver) setIsRead(true); });
    return () => {
      isOver = true;
      talk.close();
    };
  }, [talk]);
  return isRead;
}

/** A conversation that goes on as another one is shown as that. @param {Talk} talk */
function useGoingOn(talk) {
  const to = talk.movedTo.value;
  const isUnread = talk.story.value === null;
  useEffect(() => {
    if (to && isUnread && route.peek().rest[0] === talk.id) replace(route.peek().page, to, ...route.peek().rest.slice(1));
  }, [to, isUnread]);
}

/** Only where nothing was: what is known already stays until the new comes. @param {{onBack: () => void}} props */
function Skeleton({ onBack }) {
  return html`
    <section class="conversation" aria-busy="true" aria-label=${t("talk.opening")}>
      <div class="talking-to">
        <header class="talk-bar"><button type="button" class="plain back" onClick=${onBack}>${t("talk.back")}</button><div class="who"><span class="skeleton name"></span><span class="skeleton about"></span></div></header>
        <div class="story"><div class="log-content">${["customer", "agent", "customer"].map((side, index) => html`<span key=${index} class="skeleton msg ${side}"></span>`)}</div></div>
      </div>
    </section>`;
}

/** @param {{talk: Talk, onBack: () => void}} props */
function Missing({ talk, onBack }) {
  const problem = talk.problem.value;
  const isGone = problem?.status === 404 || problem?.status === 403;
  return html`
    <section class="conversation empty" aria-label=${t("talk.missing")}>
      <p role="alert">${problem?.words}</p>
      <div class="buttons">
        ${!isGone && html`<button type="button" class="main" onClick=${() => void talk.readOn()}>${t("try_again")}</button>`}
        <button type="button" onClick=${onBack}>${t("talk.back")}</button>
      </div>
    </section>`;
}

/** What is shown may be behind. @param {{talk: Talk}} props */
function Behind({ talk }) {
  return html`
    <div class="notice due" role="status">
      <span>${t("talk.behind", { why: talk.problem.value?.words ?? "" })}</span>
      <button type="button" onClick=${() => void talk.readOn()}>${t("try_again")}</button>
    </div>`;
}

/** @param {{talk: Talk, conversation: import("../api/shapes.d.ts").Conversation}} props */
function Notices({ talk, conversation }) {
  const { doubtful, undelivered } = conversation;
  return html`
    ${isWaiting(talk.id) && html`<p class="notice ok" role="status">${t("talk.resolving")}</p>`}
    ${doubtful && !undelivered.length && html`<p class="notice due">${t("talk.doubtful")}</p>`}
    ${undelivered.length > 0 && html`
      <div class="notice late"><span>${t("talk.undelivered", { count: undelivered.length })}</span>
        <button type="button" onClick=${() => void acknowledge(talk)}>${t("undelivered.seen_to")}</button></div>`}`;
}

/** Visible and not announced: it comes and goes. @param {{id: string}} props */
function Present({ id }) {
  const { looking, writing } = present(id);
  const words = [
    ...writing.map((agent) => t("present.writing", { name: nameOf(agent) })),
    ...looking.map((agent) => t("present.looking", { name: nameOf(agent) })),
  ];
  return html`<p class="present ${writing.length ? "writes" : ""}">${words.join(" · ")}</p>`;
}
