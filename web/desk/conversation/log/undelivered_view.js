/** Why a message did not arrive, or may not have, and what can be done about it. */
import { html } from "htm/preact";
import { isSaid, t } from "../../language/words.js";
import { acknowledge } from "../acts/perform.js";
import { openAct } from "../acts/open_act.js";
import { deliveryOf } from "./delivery.js";

const TO_WRITE_ANEW = ["rewrite", "write_again"];

/** @param {{talk: import("../talk.js").Talk, entry: import("../../api/shapes.d.ts").Entry}} props */
export function Undelivered({ talk, entry }) {
  const delivery = deliveryOf(entry);
  const { effect_key: key, reason, words, possible = [], error_code: code } = entry.detail;
  const open = talk.conversation.value?.undelivered.find((one) => one.effect_key === key);
  if (!delivery?.isTrouble && !open) return null;
  const isDoubtful = entry.detail.status === "unknown";
  const why = isDoubtful ? t("undelivered.doubtful") : reason && isSaid(`refused.${reason}`) ? t(`refused.${reason}`) : words ?? "";
  const told = open?.of_part && delivery?.key !== "delivery.refused" ? t("undelivered.part") : t(delivery?.key ?? "delivery.refused");
  const writes = entry.author === "agent" && entry.text && (isDoubtful || possible.some((/** @type {string} */ one) => TO_WRITE_ANEW.includes(one)));
  const others = possible.filter((/** @type {string} */ one) => !TO_WRITE_ANEW.includes(one) && isSaid(`remedy.${one}`));
  return html`
    <div class="undelivered">
      <p><span class="trouble" title=${code}>${told}</span>${why && `: ${why}`}</p>
      ${others.length > 0 && html`<p>${t("undelivered.possible", { ways: others.map((/** @type {string} */ one) => t(`remedy.${one}`)).join(", ") })}</p>`}
      <div class="buttons">
        ${writes && html`<button type="button" onClick=${() => { talk.rewrite.value = entry.text; }}>${t("undelivered.write")}</button>`}
        ${others.includes("call") && html`<button type="button" onClick=${() => { openAct.value = "contact"; }}>${t("undelivered.contact")}</button>`}
        ${open && html`<button type="button" onClick=${() => void acknowledge(talk, [key])}>${t("undelivered.seen_to")}</button>`}
      </div>
    </div>`;
}
