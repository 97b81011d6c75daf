/**
 * What was looked for last, and what was found: it stays when somebody comes back from a conversation.
 *
 * A number or a name never stands in the address. The tab alone remembers it, for whoever asked.
 */
import { effect, signal } from "@preact/signals";
import { read } from "../api/api.js";
import { me } from "../person/me.js";
import { sessionState } from "../session/session.js";
import { joined, queryOf } from "./query.js";

/** @typedef {import("./shapes.d.ts").Hit} Hit */
/**
 * While `reading`, hits of the query before are shown until those of this one are there.
 *
 * @typedef {{query: string, hits: Hit[], bounded: boolean, cursor: string | null,
 *   state: "none" | "reading" | "read" | "more" | "failed", trouble: unknown}} Results
 */

const KEPT = "sportello.search";
const PAGE = 20;
/** A page may be empty and yet not the last: so many are asked for until one has something. */
const MOST_PAGES_TO_FIND = 5;

/** @type {Results} */
const NONE = { query: "", hits: [], bounded: false, cursor: null, state: "none", trouble: null };

/** @type {import("@preact/signals").Signal<Results>} */
export const results = signal(NONE);

/** @type {AbortController | undefined} */
let running;

/** @param {string} typed */
export async function lookFor(typed) {
  const query = queryOf(typed);
  running?.abort();
  remember(query);
  if (!query) {
    results.value = NONE;
    return;
  }
  results.value = { ...results.value, query, cursor: null, state: "reading", trouble: null };
  await take(query, null, []);
}

/** The next page of what was found. */
export async function lookFurther() {
  const { query, cursor, hits, state } = results.value;
  if (!cursor || state === "reading" || state === "more") return;
  results.value = { ...results.value, state: "more", trouble: null };
  await take(query, cursor, hits);
}

/** Once more what failed. */
export const again = () => (results.value.cursor ? lookFurther() : lookFor(results.value.query));

/** What this person looked for before the page was loaded anew. */
export function remembered() {
  const kept = sessionStorage.getItem(KEPT) ?? "";
  const [agent = "", ...query] = kept.split(" ");
  return agent && agent === me.value?.agent_id ? query.join(" ") : "";
}

/** @param {string} query */
function remember(query) {
  if (query) sessionStorage.setItem(KEPT, `${me.value?.agent_id ?? ""} ${query}`);
  else sessionStorage.removeItem(KEPT);
}

/** @param {string} query @param {string | null} cursor @param {Hit[]} there */
async function take(query, cursor, there) {
  const mine = (running = new AbortController());
  try {
    const page = await pageOf(query, cursor, mine.signal);
    if (mine.signal.aborted) return;
    results.value = {
      query, hits: joined(there, page.hits), bounded: page.bounded, cursor: page.cursor, state: "read", trouble: null,
    };
  } catch (trouble) {
    if (mine.signal.aborted) return;
    results.value = { ...results.value, hits: there, cursor, state: "failed", trouble };
  }
}

/** @param {string} query @param {string | null} cursor @param {AbortSignal} until @returns {Promise<import("./shapes.d.ts").HitPage>} */
async function pageOf(query, cursor, until) {
  let page = await read("/search", { q: query, limit: PAGE, cursor }, { signal: until });
  let bounded = page.bounded;
  for (let more = 1; !page.hits.length && page.cursor && more < MOST_PAGES_TO_FIND; more += 1) {
    page = await read("/search", { q: query, limit: PAGE, cursor: page.cursor }, { signal: until });
    bounded ||= page.bounded;
  }
  return { ...page, bounded };
}

// Whoever signs out leaves nothing of what they looked for.
effect(() => {
  if (sessionState.value !== "out") return;
  running?.abort();
  results.value = NONE;
  sessionStorage.removeItem(KEPT);
});
