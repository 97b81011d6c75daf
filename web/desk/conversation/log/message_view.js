/** A message as it stands in the story: who wrote it, what, and what became of it. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { serverTime } from "../../page/clock.js";
import { nameOf } from "../../person/colleagues.js";
import { me } from "../../person/me.js";
import { fullMoment, moment, timeOfDay } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { LinkedText } from "../../parts/linked_text.js";
import { FileView } from "../files/file_view.js";
import { Attachments } from "./attachments_view.js";
import { deliveryOf, sideOf } from "./delivery.js";
import { earlierTexts, textOf } from "./folding.js";
import { Undelivered } from "./undelivered_view.js";

/** @typedef {import("../../api/shapes.d.ts").Entry} Entry */
/** @typedef {import("../talk.js").Talk} Talk */

/** @param {{talk: Talk, entry: Entry, follows: boolean}} props */
export function Message({ talk, entry, follows }) {
  const side = sideOf(entry);
  const delivery = deliveryOf(entry);
  return html`
    <article class="msg ${side} ${follows ? "follows" : ""}">
      ${side === "customer" && html`<span class="aside-only">${customerOf(talk)}: </span>`}
      <${Before} detail=${entry.detail} />
      ${entry.detail.withdrawn_at
        ? html`<p class="muted">${t("message.withdrawn", { when: moment(entry.detail.withdrawn_at, serverTime()) })}</p>`
        : html`<${Content} talk=${talk} entry=${entry} />`}
      <${Reactions} talk=${talk} reactions=${entry.detail.reactions} />
      <${Meta} entry=${entry} delivery=${delivery} />
      <${Undelivered} talk=${talk} entry=${entry} />
    </article>`;
}

/** @param {Talk} talk */
const customerOf = (talk) => talk.conversation.value?.customer.display_name || t("customer");

/** What a message stands under: whence it came, whose words it passes on, what it answers. @param {{detail: Record<string, any>}} props */
function Before({ detail }) {
  const { forwarding, origin, refers_to: quoted } = detail;
  return html`
    ${origin && html`<small class="from">${originWords(origin)}</small>`}
    ${forwarding && html`<small class="from">${forwarding.author ? t("message.forwarded_from", { author: forwarding.author })
      : t(forwarding.many_times ? "message.forwarded_often" : "message.forwarded")}</small>`}
    ${quoted && !detail.withdrawn_at && html`
      <blockquote class="quote">${quoted.text || t(quoted.elsewhere ? "message.quote_elsewhere" : "message.quote_unknown")}</blockquote>`}`;
}

/** @param {Record<string, any>} origin */
export function originWords({ kind, reference, headline, url }) {
  const about = headline || reference || url || "";
  const key = `origin.${kind === "link" ? "link" : "other"}`;
  return about ? t(`${key}.about`, { kind, about }) : t(key, { kind });
}

/** @param {{talk: Talk, entry: Entry}} props */
function Content({ talk, entry }) {
  const { detail } = entry;
  const text = textOf(entry);
  const isSign = detail.platform_sign && text === `/${detail.platform_sign}`;
  return html`
    ${(detail.media ?? []).map((/** @type {any} */ file, /** @type {number} */ index) => html`
      <${FileView} key=${file.media_id ?? index} id=${talk.id} file=${file} form=${detail.media_form} />`)}
    <${Attachments} detail=${detail} />
    ${isSign ? html`<p class="muted">${t(`sign.${detail.platform_sign}`)}</p>` : text && html`<p class="text"><${LinkedText} text=${text} /></p>`}
    ${detail.kind === "unsupported" && html`<p class="muted">${t("message.unsupported", { kind: detail.provider_kind || "?" })}</p>`}
    ${detail.shown_of && html`<p class="muted">${t("message.cut", { count: detail.shown_of })}</p>`}
    ${detail.button_description && html`<small>${detail.button_description}</small>`}
    ${detail.auto_submitted && html`<small class="from">${t("message.machine")}</small>`}
    ${detail.template && html`<small class="from">${t("message.template", { name: detail.template.name })}</small>`}
    ${detail.buttons && html`
      <ul class="choices-sent" aria-label=${t("message.buttons")}>
        ${detail.buttons.map((/** @type {any} */ button) => html`<li class="tag" key=${button.id}>${button.title}</li>`)}
      </ul>`}
    <${Edits} entry=${entry} />`;
}

/** What it was before, when somebody wants to know. @param {{entry: Entry}} props */
function Edits({ entry }) {
  const [open, setOpen] = useState(false);
  const earlier = earlierTexts(entry);
  if (!earlier.length) return null;
  return html`
    <button type="button" class="link small" aria-expanded=${open} onClick=${() => setOpen(!open)}>${t("message.edited")}</button>
    ${open && html`
      <ol class="edits" aria-label=${t("message.earlier")}>
        ${earlier.map(({ at, text }) => html`<li key=${at}><small class="muted">${moment(at, serverTime())}</small> ${text}</li>`)}
      </ol>`}`;
}

/** @param {{talk: Talk, reactions?: {author: string, emoji: string, at: string}[]}} props */
function Reactions({ talk, reactions }) {
  if (!reactions?.length) return null;
  return html`
    <p class="reactions">${reactions.map(({ author, emoji }) => html`
      <span class="tag" key=${author}><span class="aside-only">${author === "customer" ? customerOf(talk) : t(`author.${author}`)}: </span>${emoji}</span>`)}</p>`;
}

/** @param {{entry: Entry, delivery: import("./delivery.js").Delivery | null}} props */
function Meta({ entry, delivery }) {
  const parts = [whoWrote(entry), entry.type === "NoteWritten" ? t("message.note") : ""].filter(Boolean);
  return html`
    <small class="meta">${parts.join(" · ")}${parts.length > 0 && " · "}<time datetime=${entry.at} title=${fullMoment(entry.at)}>${timeOfDay(entry.at)}</time>
      ${delivery && !delivery.isTrouble && html` · <span class="state">${t(delivery.key)}</span>`}</small>`;
}

/** Who wrote it, where that is not the customer. @param {Entry} entry */
function whoWrote({ type, author, detail }) {
  if (author === "customer") return "";
  const name = detail.agent_id ? (detail.agent_id === me.value?.agent_id ? t("author.you") : nameOf(detail.agent_id)) : t(`author.${author || "nobody"}`);
  return type === "NoteWritten" ? t("author.note", { name }) : name;
}
