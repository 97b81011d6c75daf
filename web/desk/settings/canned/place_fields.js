/** What a reply and a macro are called, and where they are offered. */
import { html } from "htm/preact";
import { CHANNEL_KINDS, TONES } from "../../api/values.js";
import { t } from "../../language/words.js";
import { Choices, TextField } from "../content/fields.js";
import { channelOptions, optionsOf, queueOptions } from "../content/known.js";
import { LONGEST_TITLE } from "./macros.js";

/** @typedef {import("./macros.js").Places} Places */

/** @param {{places: Places, put: (changed: Partial<Places>) => void, wrongAt: (path: (string | number)[]) => string}} props */
export function TitleField({ places, put, wrongAt }) {
  return html`
    <${TextField} label=${t("canned.title")} hint=${t("canned.title.hint")} value=${places.title} most=${LONGEST_TITLE}
      wrong=${places.title.trim() ? wrongAt(["title"]) : t("canned.title.wrong")} onChange=${(/** @type {string} */ title) => put({ title })} />`;
}

/** @param {{places: Places, put: (changed: Partial<Places>) => void, wrongAt: (path: (string | number)[]) => string}} props */
export function PlaceFields({ places, put, wrongAt }) {
  const choices = (/** @type {"channel_kinds" | "channels" | "queues" | "tones"} */ field, /** @type {any} */ options) => html`
    <${Choices} label=${t(`condition.${field}`)} options=${options} chosen=${places[field]} none=${t("condition.anywhere")}
      wrong=${wrongAt([field])} onChange=${(/** @type {string[]} */ chosen) => put({ [field]: chosen })} />`;
  const isAnywhere = ![places.channel_kinds, places.channels, places.queues, places.tones].some((list) => list.length);
  return html`
    <details open=${!isAnywhere}>
      <summary>${t(isAnywhere ? "canned.offered.anywhere" : "canned.offered.some")}</summary>
      <div class="fields">
        ${choices("channel_kinds", optionsOf(CHANNEL_KINDS, (one) => t(`channel_kind.${one}`)))}
        ${choices("queues", queueOptions())}
        ${choices("channels", channelOptions())}
        ${choices("tones", optionsOf(TONES, (one) => t(`tone.${one}`)))}
      </div>
    </details>`;
}
