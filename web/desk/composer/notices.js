/** What has to be known before one writes: who else does, another draft, a channel that takes nothing. */
import { html } from "htm/preact";
import { useComputed } from "@preact/signals";
import { now } from "../page/clock.js";
import { nameOf } from "../person/colleagues.js";
import { me } from "../person/me.js";
import { clockFace, moment } from "../language/formats.js";
import { t, wordFor } from "../language/words.js";
import { keepMine, takeOffered } from "./drafts/drafts.js";
import { writersIn } from "./typing.js";
import { windowReading } from "./window.js";

/** @typedef {import("../conversation/talk.js").Talk} Talk */
/** @typedef {import("./writing.js").Writing} Writing */

/** A colleague who writes here, or has replied since this was begun. @param {{talk: Talk, writing: Writing}} props */
export function Others({ talk, writing }) {
  const writers = useComputed(() => writersIn(talk.id, now.value).join(" ")).value;
  const names = writers.split(" ").filter(Boolean).map(nameOf);
  const replied = repliedSince(talk, writing);
  const words = replied ? t("write.others.replied", { name: replied }) : names.length ? t("write.others.writing", { name: names.join(", ") }) : "";
  return html`<p class="others ${replied ? "due" : ""}" role="status">${words}</p>`;
}

/** @param {Talk} talk @param {Writing} writing */
function repliedSince(talk, writing) {
  const { began_at: began, text } = writing.now.value;
  if (!text || !began || writing.kind === "note") return "";
  const entry = talk.story.value?.entries.findLast((one) =>
    String(one.detail.effect_key ?? "").startsWith("reply:") && one.author === "agent"
    && one.detail.agent_id !== me.value?.agent_id && new Date(one.at).getTime() > began);
  return entry ? nameOf(entry.detail.agent_id) : "";
}

/** @param {{writing: Writing}} props */
export function OtherDraft({ writing }) {
  const offered = writing.offered.value;
  if (!offered) return null;
  return html`
    <div class="notice off other-draft" role="status">
      <span>${t("write.draft.other", { at: moment(offered.written_at ?? Date.now(), Date.now()) })}${" "}
        <q>${offered.text.slice(0, 120)}</q></span>
      <button type="button" onClick=${() => takeOffered(writing)}>${t("write.draft.take")}</button>
      <button type="button" onClick=${() => keepMine(writing)}>${t("write.draft.keep")}</button>
    </div>`;
}

/** Until when the channel takes a reply. @param {{talk: Talk}} props */
export function WindowLeft({ talk }) {
  const { state, left } = windowReading(talk.window.value, now.value);
  const until = talk.window.value?.until;
  if (state === "none" || state === "closed" || !until) return null;
  return html`
    <span class="window ${state === "near" ? "pill due" : "muted"}">
      ${t("write.window.until", { until: moment(until, now.value), left: clockFace(left) })}
    </span>`;
}

/** Why no reply can be written, and what can be done. @param {{talk: Talk, canTemplate: boolean, onTemplate: () => void, onNote: () => void}} props */
export function WindowClosed({ talk, canTemplate, onTemplate, onNote }) {
  const window = talk.window.value;
  const { channel: its = "" } = talk.conversation.value ?? {};
  const channel = wordFor(`channel.${its}`, its);
  const possible = (window?.afterwards ?? []).filter((one) => one !== "template");
  return html`
    <div class="notice due window-closed" role="status">
      <span>${window?.until
        ? t("write.window.closed_since", { channel, since: moment(window.until, Date.now()) })
        : t("write.window.closed", { channel })}
        ${" "}${possible.map((one) => t(`write.window.possible.${one}`)).join(" ")}</span>
      ${canTemplate && html`<button type="button" onClick=${onTemplate}>${t("write.window.template")}</button>`}
      <button type="button" onClick=${onNote}>${t("write.kind.note.write")}</button>
    </div>`;
}

/** @param {{owner: string, onNote: () => void}} props */
export function Colleagues({ owner, onNote }) {
  return html`
    <div class="notice off" role="status">
      <span>${t("write.others.has_it", { name: nameOf(owner) })}</span>
      <button type="button" onClick=${onNote}>${t("write.kind.note.write")}</button>
    </div>`;
}
