/** What a message holds besides words and files: a place, a card, a basket, a form, a poll. */
import { html } from "htm/preact";
import { number } from "../../language/formats.js";
import { region, t, wordFor } from "../../language/words.js";
import { Icon } from "../../parts/icon.js";
import { LinkedText } from "../../parts/linked_text.js";

/** @param {{detail: Record<string, any>}} props */
export function Attachments({ detail }) {
  return html`
    ${detail.location && html`<${Place} place=${detail.location} live=${detail.live_location} />`}
    ${detail.sticker_emoji && !detail.media && html`<p class="sticker">${detail.sticker_emoji}</p>`}
    ${(detail.attachments ?? []).map((/** @type {any} */ one, /** @type {number} */ index) => html`<${Attachment} key=${index} one=${one} />`)}`;
}

/** A map is fetched by who follows the link, and by nobody else. @param {{place: {latitude: number, longitude: number, name?: string}, live?: boolean}} props */
function Place({ place: { latitude, longitude, name }, live }) {
  const at = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  const url = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`;
  return html`
    <p class="file"><${Icon} mark="place" />
      <span>${live && html`${t("place.live")} `}<a href=${url} target="_blank" rel="noopener noreferrer">${name || t("place.map")}</a> <small class="muted">${at}</small></span></p>`;
}

/** @param {{one: Record<string, any>}} props */
function Attachment({ one }) {
  switch (one.kind) {
    case "contact": return html`<${Contact} card=${one} />`;
    case "order": return html`<${Order} lines=${one.lines ?? []} />`;
    case "form": return html`<${Form} form=${one} />`;
    case "poll": case "checklist": return html`
      <${Box} title=${one.title || t(`attachment.${one.kind}`)} kind=${one.kind}>
        <ul class="plain-list">${(one.options ?? []).map((/** @type {string} */ option) => html`<li>${option}</li>`)}</ul>
      <//>`;
    case "dice": return html`<p>${one.emoji} ${t("attachment.dice", { value: Number(one.value) })}</p>`;
    case "unavailable": return html`<p class="muted">${t("attachment.unavailable", { what: one.file_name || one.provider_kind || t("file.kind.document") })}</p>`;
    case "game": case "invoice": case "product": case "story": return html`
      <${Box} title=${one.title || t(`attachment.${one.kind}`)} kind=${one.kind}>
        ${one.description && html`<p><${LinkedText} text=${one.description} /></p>`}
        ${one.reference && html`<small class="muted">${one.reference}</small>`}
      <//>`;
    default: return html`<p class="muted">${t("attachment.unknown", { kind: String(one.kind) })}</p>`;
  }
}

/** @param {{title: string, kind: string, children?: any}} props */
function Box({ title, kind, children }) {
  return html`<div class="attached"><small class="muted">${wordFor(`attachment.${kind}`, kind)}</small><b>${title}</b>${children}</div>`;
}

/** @param {{card: Record<string, any>}} props */
function Contact({ card }) {
  const lines = [card.organization, ...(card.phones ?? []), ...(card.emails ?? []), ...(card.addresses ?? [])].filter(Boolean);
  return html`
    <${Box} title=${card.name || t("attachment.contact")} kind="contact">
      ${lines.map((/** @type {string} */ line) => html`<span>${line}</span>`)}
      ${(card.urls ?? []).map((/** @type {string} */ url) => html`<span><${LinkedText} text=${url} /></span>`)}
    <//>`;
}

/** @param {{lines: Record<string, any>[]}} props */
function Order({ lines }) {
  return html`
    <${Box} title=${t("attachment.lines", { count: lines.length })} kind="order">
      <ul class="plain-list">${lines.map((line) => html`
        <li>${line.quantity ? `${number(line.quantity)} × ` : ""}${line.product_id || "?"}${typeof line.price === "number" ? ` · ${money(line.price, line.currency)}` : ""}</li>`)}</ul>
    <//>`;
}

/** @param {number} price @param {string | undefined} currency */
function money(price, currency) {
  try {
    return new Intl.NumberFormat(region(), { style: "currency", currency }).format(price);
  } catch {
    return `${number(price)} ${currency ?? ""}`.trim(); // no currency that Intl knows
  }
}

/** @param {{form: Record<string, any>}} props */
function Form({ form }) {
  return html`
    <${Box} title=${form.name || t("attachment.form")} kind="form">
      ${form.body && html`<p>${form.body}</p>`}
      <dl class="facts">${(form.answers ?? []).map((/** @type {any} */ one) => html`<dt>${one.field}</dt><dd>${one.value}</dd>`)}</dl>
      ${form.unread && html`<pre>${form.unread}</pre>`}
    <//>`;
}
