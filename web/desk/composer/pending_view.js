/** Messages that the story does not show yet, at its end: waiting, sent, or not sent. */
import { html } from "htm/preact";
import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { now } from "../page/clock.js";
import { tell } from "../page/messages.js";
import { timeOfDay } from "../language/formats.js";
import { t } from "../language/words.js";
import { lineState } from "../live/connection.js";
import { takeBack } from "./composer.js";
import { isHeld, retry } from "./files/uploads.js";
import { outbox, settle, tryAgain, withdraw } from "./outbox.js";
import { isEditable, isHeldUp, isUploading, pendingOf } from "./sending/outbox_items.js";
import { couldBeLinks, refusalType, refusalWords } from "./sending/refusal_words.js";
import { writingOf } from "./writing.js";

/** @typedef {import("../conversation/talk.js").Talk} Talk */
/** @typedef {import("./sending/outbox_items.js").Item} Item */

/** What was written a moment ago is looked at, wherever in the story somebody is. */
const JUST_WRITTEN_MS = 3_000;

/** @param {{talk: Talk}} props */
export function PendingMessages({ talk }) {
  const shown = useComputed(() => new Set((talk.story.value?.entries ?? [])
    .map((entry) => entry.detail.effect_key).filter(Boolean)));
  const items = pendingOf(outbox.value, talk.id, shown.value);
  const sent = items.filter((item) => item.state === "sent").length;
  useEffect(() => settle(shown.value), [shown.value]);
  useEffect(() => { if (sent) void talk.readOn(); }, [sent, talk]);
  return items.map((item) => html`<${Pending} key=${item.id} item=${item} talk=${talk} />`);
}

/** @param {{item: Item, talk: Talk}} props */
function Pending({ item, talk }) {
  const { text, shown, buttons } = item.content;
  const words = shown ?? text;
  const article = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (Date.now() - item.at < JUST_WRITTEN_MS) article.current?.scrollIntoView({ block: "end" });
  }, []);
  return html`
    <article ref=${article} class="pending ${item.kind} ${item.state}">
      <span class="aside-only">${t(`write.pending.${item.kind}`)}</span>
      ${words && html`<p class="pending-text">${words}</p>`}
      ${item.files.length > 0 && html`<p class="muted">${item.files.map((file) => file.name).join(", ")}</p>`}
      ${buttons && html`<p class="muted">${buttons.map((button) => button.title).join(" · ")}</p>`}
      <small>${timeOfDay(item.at)} · <${State} item=${item} /></small>
      <${Ways} item=${item} talk=${talk} />
    </article>`;
}

/** @param {{item: Item}} props */
function State({ item }) {
  if (item.state === "sent") return html`<span>${t("write.state.sent")}</span>`;
  if (item.state === "refused") {
    return html`<span class="trouble" role="alert">${t("write.outbox.not_sent")}: ${refusalWords(item)}</span>`;
  }
  // Seconds that are counted down are not said one by one.
  return html`<span aria-live=${item.not_before > Date.now() ? "off" : undefined}>${t("write.state.waiting")}${because(item)}</span>`;
}

/** What it waits for, where that is known. @param {Item} item */
function because(item) {
  const left = Math.ceil((item.not_before - Date.now()) / 1000);
  if (item.not_before && now.value && left > 0) return `, ${t("write.state.leaves_in", { count: left })}`;
  if (isUploading(item)) return `: ${t("write.state.for_files")}`;
  if (isHeldUp(outbox.value, item)) return `: ${t("write.state.for_one_before")}`;
  if (item.refusal?.status === 0 || lineState.value === "lost") return `: ${t("write.state.for_line")}`;
  if (item.refusal) return `: ${t("write.state.busy")}`;
  return "";
}

/** @param {{item: Item, talk: Talk}} props */
function Ways({ item, talk }) {
  if (item.state === "sent") return null;
  const isUndo = item.state === "waiting" && item.not_before > Date.now() && now.value > 0;
  const isStuck = item.state === "refused" || item.attempts > 0 || isUploading(item) || isHeldUp(outbox.value, item);
  if (isUndo) return html`<span class="buttons"><button type="button" onClick=${() => void takeBack(item.id, talk)}>${t("write.outbox.undo")}</button></span>`;
  if (!isStuck) return null;
  const type = refusalType(item);
  const elsewhere = item.refusal?.document.conversation_id;
  return html`
    <span class="buttons">
      ${couldBeLinks(item) && html`<button type="button"
        onClick=${() => tryAgain(item.id, { content: { ...item.content, as_link: true } })}>${t("write.files.send_as_link")}</button>`}
      ${type === "conversation-moved" && elsewhere && html`<button type="button"
        onClick=${() => tryAgain(item.id, { conversation_id: elsewhere, seen_up_to: null, draft_version: null })}>${t("write.outbox.send_there")}</button>`}
      ${type === "colleague-replied" && html`<button type="button"
        onClick=${() => tryAgain(item.id, { anyway: true })}>${t("write.ask.send_anyway")}</button>`}
      ${canTryAgain(item) && html`<button type="button" onClick=${() => tryOnceMore(item)}>${t("try_again")}</button>`}
      ${isEditable(item) && !item.content.template && html`<button type="button"
        onClick=${() => void takeBack(item.id, talk)}>${t("write.outbox.edit")}</button>`}
      <button type="button" onClick=${() => void discard(item)}>${t("write.outbox.discard")}</button>
    </span>`;
}

/** @param {Item} item */
const missing = (item) => item.files.filter((file) => file.media_id === null);

/** Whether there is something to try: files that did not arrive have to be here still. @param {Item} item */
const canTryAgain = (item) => (item.state === "refused" ? missing(item).every((file) => isHeld(file.file_id)) : !isUploading(item));

/** @param {Item} item */
function tryOnceMore(item) {
  for (const file of missing(item)) retry(writingOf(item.conversation_id, item.kind), file.file_id);
  tryAgain(item.id);
}

/** @param {Item} item */
async function discard(item) {
  const out = await withdraw(item.id);
  if (!out) tell(t("write.outbox.on_its_way"));
  else if (item.uncertain) tell(t("write.outbox.may_have_arrived"));
}
