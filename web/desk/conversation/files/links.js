/** Links to files, which are good for some minutes: fetched when they are wanted, and kept until then. */
import { act, read } from "../../api/api.js";
import { Problem } from "../../api/problem.js";
import { serverTime } from "../../page/clock.js";

/** @typedef {{media_id: string, url: string, expires_at: string, mime_type: string, size_bytes: number | null, width: number | null, height: number | null}} Link */

const MOST = 300;
const SPARE_MS = 30_000;

/** @type {Map<string, Link>} */
const links = new Map();

/** @param {string} conversationId @param {string} mediaId @param {boolean} [anew] the one that is kept did not lead anywhere @returns {Promise<Link>} */
export async function linkTo(conversationId, mediaId, anew = false) {
  const known = links.get(mediaId);
  if (!anew && known && new Date(known.expires_at).getTime() - SPARE_MS > serverTime()) return known;
  const link = await read(`/conversations/${conversationId}/media/${encodeURIComponent(mediaId)}`);
  links.delete(mediaId);
  links.set(mediaId, link);
  for (const [oldest] of [...links].slice(0, Math.max(0, links.size - MOST))) links.delete(oldest);
  return link;
}

/** Have it fetched from the provider once more. @param {string} conversationId @param {string} mediaId @returns {Promise<{state: string}>} */
export function fetchAgain(conversationId, mediaId) {
  return act(`/conversations/${conversationId}/media/${encodeURIComponent(mediaId)}/fetch`, undefined, { repeatable: true });
}

/**
 * Save it: the bucket says that it is to be saved, and under which name. Where it has nothing to save,
 * its answer would stand in the desk's place, so a link is followed once it is known to lead somewhere.
 *
 * @param {string} conversationId @param {string} mediaId @returns {Promise<boolean>} whether it is there
 */
export async function save(conversationId, mediaId) {
  for (const anew of [false, true]) {
    const { url } = await linkTo(conversationId, mediaId, anew);
    if (!await leadsSomewhere(url)) continue;
    const anchor = document.createElement("a");
    anchor.href = url;
    anchor.rel = "noopener";
    anchor.click();
    return true;
  }
  return false;
}

/**
 * Looked at by a GET, as a link is signed for nothing else; of the file no more is fetched than is on its way.
 * Past the browser's cache: what it keeps of a picture that was shown does not say that a page may read it.
 *
 * @param {string} url
 */
async function leadsSomewhere(url) {
  const looking = new AbortController();
  try {
    return (await fetch(url, { cache: "no-store", signal: looking.signal })).ok;
  } catch {
    throw new Problem(0, {});
  } finally {
    looking.abort();
  }
}
