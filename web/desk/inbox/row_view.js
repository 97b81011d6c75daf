/** One conversation in a list: who, what they said last, when it is due, since when they wait. */
import { html } from "htm/preact";
import { now } from "../page/clock.js";
import { nameOf } from "../person/colleagues.js";
import { me } from "../person/me.js";
import { href } from "../page/router.js";
import { duration, millis, moment } from "../language/formats.js";
import { isSaid, t } from "../language/words.js";
import { Countdown } from "../parts/countdown.js";

/** @typedef {import("./rows.js").Row} Row */

/** @type {Record<string, string>} */
const SHORT = { whatsapp: "WA", telegram: "TG", messenger: "ME", instagram: "IG", sms: "SMS", email: "@", webchat: "WEB" };

export const CHANNELS = Object.keys(SHORT);

/** @param {string} channel */
export const channelName = (channel) => (isSaid(`channel.${channel}`) ? t(`channel.${channel}`) : channel);

/** How a customer is called who may have told no name. @param {string | null | undefined} name */
export const customerName = (name) => name || t("row.nameless");

/** @param {{row: Row, left: boolean, view: string, open: boolean}} props */
export function RowView({ row, left, view, open }) {
  return html`
    <a class="row ${left ? "left" : ""}" href=${href(view, row.conversation_id)} aria-current=${open ? "true" : undefined}
      data-conversation=${row.conversation_id}>
      <span class="channel" aria-hidden="true">${SHORT[row.channel] ?? row.channel.slice(0, 3)}</span>
      <span class="name"><b>${customerName(row.name)}</b><span class="aside-only">, ${channelName(row.channel)}, </span></span>
      ${row.lifecycle === "snoozed" && row.snoozed_until
        ? html`<span class="pill off">${t("row.until", { when: moment(row.snoozed_until, now.value) })}</span>`
        : html`<${Countdown} due=${row.lifecycle === "resolved" ? null : row.due} />`}
      <span class="words">${lastWords(row)}</span>
      <span class="since">${since(row)}</span>
      <${Marks} row=${row} view=${view} left=${left} />
    </a>`;
}

/** @param {{row: Row, view: string, left: boolean}} props */
function Marks({ row, view, left }) {
  const marks = [
    left && html`<span class="pill off">${t("row.left")}</span>`,
    row.undelivered > 0 && html`<span class="pill late">${t("row.undelivered", { count: row.undelivered })}</span>`,
    ["urgent", "high"].includes(row.priority) && html`<span class="pill due">${t(`priority.${row.priority}`)}</span>`,
    row.offer && html`<span class="pill own">${t("row.ringing")}</span>`,
    view !== "mine" && ownerWords(row) && html`<span>${ownerWords(row)}</span>`,
    ...row.tags.slice(0, 2).map((tag) => html`<span class="tag">${tag}</span>`),
  ].filter(Boolean);
  return marks.length ? html`<span class="marks">${marks}</span>` : null;
}

/** @param {Row} row */
function ownerWords({ owner, queue }) {
  if (owner.kind === "agent") return owner.name === me.value?.agent_id ? t("row.with_you") : nameOf(owner.name);
  if (owner.kind === "bot") return t("row.with_bot");
  return owner.kind === "queue" && queue && queue !== "default" ? queue : "";
}

/** @param {Row} row */
function lastWords({ last_words: last, unread }) {
  if (!last) return "";
  const files = last.media.length ? t("row.file", { count: last.media.length }) : "";
  const said = [last.text, files].filter(Boolean).join(" · ") || t("row.taken_back");
  const words = isSaid(`row.by.${last.author}`) ? t(`row.by.${last.author}`, { said }) : said;
  return unread > 1 ? html`<b class="unread">${unread}</b> ${words}` : words;
}

/** @param {Row} row */
function since(row) {
  const at = row.waiting_since ?? row.last_activity_at;
  if (!at) return "";
  const seconds = (now.value - millis(at)) / 1000;
  if (!row.waiting_since) return moment(at, now.value);
  return seconds < 60 ? t("row.just_now") : t("row.since", { time: duration(seconds) });
}
