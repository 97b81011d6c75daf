/**
 * What is put before this agent to accept or decline: offers to them alone, as their rows and
 * `GET /agents/me` tell, and rings of a tier, which come over the line.
 */
import { computed, signal } from "@preact/signals";
import { act } from "../api/api.js";
import { Problem } from "../api/problem.js";
import { now } from "../page/clock.js";
import { loadWork, me, work } from "../person/me.js";
import { onFrame, onWelcome } from "../live/connection.js";
import { allRows, rowOf } from "./lists.js";
import { openOffers } from "./open_offers.js";

/** @typedef {import("./open_offers.js").Offer} Offer */

/** Offers that came over the line, by their id. @type {import("@preact/signals").Signal<Map<string, Offer>>} */
const rung = signal(new Map());
/** Offers that are answered or over, whatever a slower source still says. @type {import("@preact/signals").Signal<Set<string>>} */
const over = signal(new Set());

/** What can be answered now, the one that ends first in front. */
export const offers = computed(() => openOffers({
  agentId: me.value?.agent_id ?? "",
  rows: allRows(),
  own: work.value?.offers ?? [],
  rung: [...rung.value.values()],
  over: over.value,
  at: now.value,
}, rowOf));

/** @returns {() => void} stops it */
export function startOffers() {
  const stops = [
    onFrame("ring", (frame) => {
      if (frame.notice !== "conversation.offered") return;
      const { data } = frame;
      rung.value = new Map(rung.peek()).set(data.offer_id, {
        offerId: data.offer_id, conversationId: frame.conversation_id, channel: frame.channel,
        name: data.customer?.display_name ?? null, words: data.transcript?.at(-1)?.text ?? "",
        expiresAt: data.expires_at,
      });
    }),
    onFrame("ring_ended", (frame) => endOffer(frame.data.offer_id)),
    // Of what went to others no row tells any more that it is over.
    onFrame("gone", (frame) => { if (offers.peek().some((one) => one.conversationId === frame.conversation_id)) void loadWork().catch(() => undefined); }),
    onWelcome(() => void loadWork().catch(() => undefined)), // the next welcome reads it again
  ];
  return () => stops.forEach((stop) => stop());
}

/** @param {string} offerId */
function endOffer(offerId) {
  over.value = new Set([...over.peek()].slice(-200)).add(offerId);
  const left = new Map(rung.peek());
  left.delete(offerId);
  rung.value = left;
}

/** Take it. Who comes second is told so by the API. @param {Offer} offer @param {boolean} [overCapacity] @throws {Problem} */
export async function accept(offer, overCapacity = false) {
  await answer(offer, "accept", overCapacity ? { over_capacity: true } : {});
}

/** Leave it to the next. @param {Offer} offer @throws {Problem} */
export async function decline(offer) {
  await answer(offer, "decline", {});
}

/** @param {Offer} offer @param {string} how @param {Record<string, unknown>} more */
async function answer(offer, how, more) {
  try {
    await act(`/conversations/${offer.conversationId}/${how}`, { offer_id: offer.offerId, ...more }, { repeatable: true });
    endOffer(offer.offerId);
  } catch (error) {
    if (error instanceof Problem && error.type === "not-allowed") endOffer(offer.offerId);
    throw error;
  }
}
