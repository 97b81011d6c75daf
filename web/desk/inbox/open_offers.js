/** Which offers can be answered now, of all that were told: rows, the agent's own list, rings of tiers. */

/**
 * @typedef {{offerId: string, conversationId: string, channel: string, name: string | null, words: string,
 *   expiresAt: string}} Offer
 */

/**
 * @param {{agentId: string, rows: import("./rows.js").Row[], own: import("../api/shapes.d.ts").PersonalOffer[], rung: Offer[],
 *   over: Set<string>, at: number}} told
 * @param {(id: string) => import("./rows.js").Row | undefined} row
 * @returns {Offer[]}
 */
export function openOffers(told, row) {
  /** @type {Map<string, Offer>} */
  const found = new Map();
  for (const offer of told.rung) found.set(offer.offerId, offer);
  for (const { offer_id, conversation_id, channel, expires_at } of told.own) {
    const known = row(conversation_id);
    found.set(offer_id, {
      offerId: offer_id, conversationId: conversation_id, channel, expiresAt: expires_at,
      name: known?.name ?? null, words: known?.last_words?.text ?? found.get(offer_id)?.words ?? "",
    });
  }
  for (const known of told.rows) {
    const { offer } = known;
    if (!offer || (offer.agent_id !== told.agentId && !found.has(offer.offer_id))) continue;
    found.set(offer.offer_id, {
      offerId: offer.offer_id, conversationId: known.conversation_id, channel: known.channel, name: known.name,
      words: known.last_words?.text ?? "", expiresAt: offer.expires_at,
    });
  }
  return [...found.values()]
    .filter((offer) => !told.over.has(offer.offerId) && new Date(offer.expiresAt).getTime() > told.at && isStillPut(offer, row))
    .sort((one, other) => (one.expiresAt < other.expiresAt ? -1 : 1));
}

/** A row that is known and tells of no such offer, or of an owner, was told later. @param {Offer} offer @param {(id: string) => import("./rows.js").Row | undefined} row */
function isStillPut(offer, row) {
  const known = row(offer.conversationId);
  return !known || (known.owner.kind === "queue" && (!known.offer || known.offer.offer_id === offer.offerId));
}
