/** The ring: who writes, what, and how long there is to accept. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { Problem, wordsOf } from "../api/problem.js";
import { ring, stopRinging } from "../person/bell.js";
import { now } from "../page/clock.js";
import { useShortcuts } from "../page/keys.js";
import { tell, tellTrouble } from "../page/messages.js";
import { go } from "../page/router.js";
import { clockFace, millis } from "../language/formats.js";
import { t } from "../language/words.js";
import { useFocusKept } from "../parts/focus_kept.js";
import { accept, decline, offers } from "./offers.js";
import { channelName, customerName } from "./row_view.js";

/** @typedef {import("./offers.js").Offer} Offer */

export function OfferBar() {
  const open = offers.value;
  useBell(open);
  const first = open[0];
  return html`
    <div class="offers" role="alert">
      ${first && html`<${Asked} key=${first.offerId} offer=${first} others=${open.length - 1} />`}
    </div>`;
}

/** Ring for each offer until it is answered or over. @param {Offer[]} open */
function useBell(open) {
  const ids = open.map((offer) => offer.offerId).join(" ");
  useEffect(() => {
    for (const offer of open) {
      const title = t("offer.from", { name: customerName(offer.name), channel: channelName(offer.channel) });
      ring(offer.offerId, title, offer.words, () => go("waiting", offer.conversationId));
    }
    return () => {
      for (const offer of open) if (!offers.peek().some((one) => one.offerId === offer.offerId)) stopRinging(offer.offerId);
    };
  }, [ids]);
  useEffect(() => () => open.forEach((offer) => stopRinging(offer.offerId)), []);
}

/** @param {{offer: Offer, others: number}} props */
function Asked({ offer, others }) {
  const [busy, setBusy] = useState(false);
  const section = useFocusKept();
  const answered = (/** @type {() => Promise<void>} */ how) => {
    if (busy) return;
    setBusy(true);
    void how().finally(() => setBusy(false));
  };
  const take = () => answered(() => takeIt(offer));
  const leave = () => answered(() => leaveIt(offer));
  useShortcuts([
    { keys: "a", label: "keys.accept", act: take },
    { keys: "d", label: "keys.decline", act: leave },
  ], [offer.offerId, busy]);
  return html`
    <section class="offer" ref=${section} aria-label=${t("offer")}>
      <div class="who">
        <b>${t("offer.from", { name: customerName(offer.name), channel: channelName(offer.channel) })}</b>
        <span class="words">${offer.words}</span>
        ${others > 0 && html`<small>${t("offer.others", { count: others })}</small>`}
      </div>
      <${Left} until=${offer.expiresAt} />
      <div class="buttons">
        <button type="button" onClick=${leave} aria-disabled=${busy}>${t("offer.decline")} <kbd aria-hidden="true">d</kbd></button>
        <button type="button" class="main" onClick=${take} aria-disabled=${busy}>${t("offer.accept")}</button>
      </div>
    </section>`;
}

/** Seconds left; figures are not said aloud each second. @param {{until: string}} props */
function Left({ until }) {
  const left = (millis(until) - now.value) / 1000;
  return html`<span class="pill ${left < 10 ? "late" : "due"}" aria-live="off">${clockFace(left)}</span>`;
}

/** @param {Offer} offer @param {boolean} [overCapacity] */
async function takeIt(offer, overCapacity = false) {
  try {
    await accept(offer, overCapacity);
    go("mine", offer.conversationId);
  } catch (error) {
    if (error instanceof Problem && error.type === "no-room")
      tellTrouble(error.words, { label: t("offer.anyway"), act: () => void takeIt(offer, true) });
    else tellTrouble(error instanceof Problem && error.type === "not-allowed" ? t("offer.gone") : wordsOf(error));
  }
}

/** @param {Offer} offer */
async function leaveIt(offer) {
  try {
    await decline(offer);
    tell(t("offer.declined"));
  } catch (error) {
    tellTrouble(error instanceof Problem && error.type === "not-allowed" ? t("offer.gone") : wordsOf(error));
  }
}
