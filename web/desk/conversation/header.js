/** Who it is, where they write, whose they are, how long there is, and what can be done. */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { windowReading } from "../composer/window.js";
import { now, serverTime } from "../page/clock.js";
import { useShortcuts } from "../page/keys.js";
import { may, me } from "../person/me.js";
import { languageName, moment } from "../language/formats.js";
import { t, wordFor } from "../language/words.js";
import { Countdown } from "../parts/countdown.js";
import { Icon } from "../parts/icon.js";
import { Menu } from "../parts/menu.js";
import { isWaiting, undo } from "./acts/later.js";
import { openAct } from "./acts/open_act.js";
import { accept, resolve, returnToBot, setPriority, takeOver, unsnooze } from "./acts/perform.js";
import { possible } from "./acts/possible.js";
import { whom } from "./log/said.js";
import { sideOpen, toggleSide } from "./side/side_open.js";
import { nextDue } from "./side/due.js";

/** @typedef {import("./talk.js").Talk} Talk */
/** @typedef {import("../api/shapes.d.ts").Conversation} Conversation */

const PRIORITIES = ["urgent", "high", "normal", "low"];

/** @param {{talk: Talk, conversation: Conversation, onBack: () => void}} props */
export function Header({ talk, conversation, onBack }) {
  const can = possible(conversation, { agentId: me.value?.agent_id ?? "", may });
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => { heading.current?.focus({ preventScroll: true }); }, [talk.id]);
  useActKeys(talk, can);
  return html`
    <header class="talk-bar">
      <button type="button" class="plain icon back" aria-label=${t("talk.back")} onClick=${onBack}><${Icon} mark="back" /></button>
      <div class="who">
        <h2 tabindex="-1" ref=${heading}>${conversation.customer.display_name || t("customer")}</h2>
        <p><${About} talk=${talk} conversation=${conversation} /></p>
      </div>
      <${Due} conversation=${conversation} />
      <div class="acts">
        <${Acts} talk=${talk} conversation=${conversation} can=${can} />
        <button type="button" class="plain icon panel-switch" aria-label=${t("side.switch")} aria-expanded=${sideOpen.value} onClick=${toggleSide}>
          <${Icon} mark="people" />
        </button>
      </div>
    </header>`;
}

/** @param {{talk: Talk, conversation: Conversation}} props */
function About({ talk, conversation }) {
  const { channel, customer } = conversation;
  const urgent = conversation.priority !== "normal" && t("talk.priority", { priority: t(`priority.${conversation.priority}`) });
  return html`
    ${wordFor(`channel.${channel}`, channel)}
    ${customer.language && html`<span class="roomy"> · ${languageName(customer.language)}</span>`}
    ${" · "}${ownerWords(conversation)}
    ${urgent && html`<span class="roomy"> · ${urgent}</span>`}
    <${WindowLeft} talk=${talk} />`;
}

/** @param {Conversation} conversation */
function ownerWords({ owner, lifecycle, snoozed_until: until }) {
  if (lifecycle === "resolved") return t("owner.resolved");
  if (lifecycle === "snoozed" && until) return t("owner.snoozed", { who: whom(owner.name), when: moment(until, serverTime()) });
  if (owner.kind === "agent") return t(owner.name === me.value?.agent_id ? "owner.you" : "owner.agent", { who: whom(owner.name) });
  return t(`owner.${owner.kind}`, { queue: owner.name });
}

/** Until when the channel takes a reply. @param {{talk: Talk}} props */
function WindowLeft({ talk }) {
  const { state } = windowReading(talk.window.value, now.value);
  if (state === "none") return null;
  const isOpen = state !== "closed";
  return html` · <span class=${isOpen ? "" : "trouble"}>${isOpen ? t("talk.window", { when: moment(talk.window.value?.until ?? "", serverTime()) }) : t("talk.window_shut")}</span>`;
}

/** @param {{conversation: Conversation}} props */
function Due({ conversation }) {
  const due = conversation.lifecycle === "resolved" ? null : nextDue(conversation.clocks);
  if (!due) return null;
  return html`<${Countdown} due=${due} words=${`due.by.${due.kind}`} />`;
}

/** @param {{talk: Talk, conversation: Conversation, can: Set<import("./acts/possible.js").Act>}} props */
function Acts({ talk, conversation, can }) {
  const isLeaving = isWaiting(talk.id);
  return html`
    ${can.has("transfer") && html`<button type="button" class="wide-only" onClick=${() => { openAct.value = "transfer"; }}>${t("act.transfer")}</button>`}
    ${can.has("unsnooze") ? html`<button type="button" class="wide-only" onClick=${() => void unsnooze(talk)}>${t("act.unsnooze")}</button>`
      : can.has("snooze") && html`<button type="button" class="wide-only" onClick=${() => { openAct.value = "snooze"; }}>${t("act.snooze")}</button>`}
    <${MoreActs} talk=${talk} conversation=${conversation} can=${can} />
    ${isLeaving ? html`<button type="button" class="chief" onClick=${() => undo(talk.id)}>${t("undo")}</button>`
      : can.has("accept") ? html`<button type="button" class="main" onClick=${() => void accept(talk)}>${t("act.accept")}</button>`
      : can.has("resolve") && html`<button type="button" class="chief" onClick=${() => resolve(talk)}>${t("act.resolve")}</button>`}`;
}

/** @param {{talk: Talk, conversation: Conversation, can: Set<import("./acts/possible.js").Act>}} props */
function MoreActs({ talk, conversation, can }) {
  const opens = (/** @type {import("./acts/open_act.js").OpenAct} */ act) => () => { openAct.value = act; };
  /** @type {[boolean, string, () => void][]} */
  const all = [
    [can.has("accept") && can.has("resolve"), "resolve", () => resolve(talk)],
    [can.has("take_over"), "take_over", () => void takeOver(talk)],
    [can.has("transfer"), "transfer", opens("transfer")],
    [can.has("consult"), "consult", opens("consult")],
    [can.has("unsnooze"), "unsnooze", () => void unsnooze(talk)],
    [can.has("snooze") && !can.has("unsnooze"), "snooze", opens("snooze")],
    [can.has("return_to_bot"), "return_to_bot", () => void returnToBot(talk)],
    [can.has("tags"), "tags", opens("tags")],
    [can.has("call_back"), "call_back", opens("call_back")],
  ];
  const choices = all.filter(([is]) => is).map(([, key, act]) => ({ key, label: t(`act.${key}`), act }));
  const priorities = can.has("priority") ? PRIORITIES.map((priority) => ({
    key: `priority.${priority}`, label: t("talk.priority", { priority: t(`priority.${priority}`) }),
    checked: conversation.priority === priority, act: () => void setPriority(talk, priority),
  })) : [];
  if (!choices.length && !priorities.length) return null;
  return html`<${Menu} name=${t("act.more")} buttonClass="icon" choices=${[...choices, ...priorities]}><${Icon} mark="more" /><//>`;
}

/** @param {Talk} talk @param {Set<import("./acts/possible.js").Act>} can */
function useActKeys(talk, can) {
  const open = (/** @type {import("./acts/open_act.js").OpenAct} */ act) => () => { openAct.value = act; };
  const all = /** @type {const} */ ([
    ["resolve", "e", () => resolve(talk)],
    ["snooze", "s", open("snooze")],
    ["transfer", "t", open("transfer")],
    ["tags", "l", open("tags")],
    ["consult", "c", open("consult")],
  ]);
  const keys = all.filter(([act]) => can.has(act)).map(([act, key, doIt]) => ({ keys: key, label: t(`act.${act}`), act: doIt }));
  useShortcuts([...keys, { keys: "i", label: t("side.switch"), act: toggleSide }], [talk, [...can].sort().join()]);
}
