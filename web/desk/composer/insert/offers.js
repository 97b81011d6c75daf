/** Canned replies and macros of a conversation, as the desk offers them. */
import { read } from "../../api/api.js";
import { search } from "./completion.js";

/** @typedef {import("../../api/shapes.d.ts").CannedReply} CannedReply */
/** @typedef {import("../../api/shapes.d.ts").Macro} Macro */
/** @typedef {{replies: CannedReply[], macros: Macro[], more: boolean}} Offers */

const MOST = 50;
const FRESH_MS = 60_000;

/** @type {Map<string, {at: number, offers: Promise<Offers>}>} */
const asked = new Map();

/** What fits the words; the desk is asked only where it has more than it said. @param {string} conversationId @param {string} query @returns {Promise<Offers>} */
export async function offersFor(conversationId, query) {
  const all = await ask(conversationId, "");
  const here = { replies: search(all.replies, query), macros: search(all.macros, query), more: false };
  return all.more && query ? ask(conversationId, query) : here;
}

/** @param {string} conversationId @param {string} query */
function ask(conversationId, query) {
  const key = `${conversationId} ${query}`;
  const known = asked.get(key);
  if (known && Date.now() - known.at < FRESH_MS) return known.offers;
  if (asked.size > 100) asked.clear();
  const offers = load(conversationId, query);
  offers.catch(() => asked.delete(key));
  asked.set(key, { at: Date.now(), offers });
  return offers;
}

/** @param {string} conversationId @param {string} q @returns {Promise<Offers>} */
async function load(conversationId, q) {
  const [replies, macros] = await Promise.all([
    read(`/conversations/${conversationId}/canned-replies`, { q, limit: MOST }),
    read(`/conversations/${conversationId}/macros`, { q, limit: MOST }),
  ]);
  return { replies: replies.replies, macros: macros.macros, more: replies.more || macros.more };
}
