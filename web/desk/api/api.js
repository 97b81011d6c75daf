/**
 * Calls of the agent API.
 *
 * Reads, and acts that may be repeated, are tried again where no answer came or the desk was busy.
 */
import { setClock } from "../page/clock.js";
import { dropToken, NotSignedIn, token } from "../session/session.js";
import { Problem } from "./problem.js";

/**
 * `repeatable` acts do the same however often they arrive: those with a key, and what is idempotent
 * by itself. `etag` goes into If-Match, `seenEtag` into If-None-Match; `patience` is in milliseconds.
 *
 * @typedef {{body?: any, key?: string, etag?: string, seenEtag?: string, type?: string, repeatable?: boolean,
 *   signal?: AbortSignal, keepalive?: boolean, patience?: number}} Details
 * @typedef {{status: number, etag: string | null, data: any}} Answer
 */

const PATIENCE_MS = 30_000;
const PAUSES_MS = [400, 1_200, 3_000];
const LONGEST_RETRY_AFTER_SECONDS = 10;

let base = "";
/** Told when no answer came: the live line may be dead too. */
let silence = () => {};

/** @param {() => void} told */
export function onSilence(told) {
  silence = told;
}

/** @param {string} address of the API, without a slash at the end */
export function setApi(address) {
  base = address;
}

/** @param {string} path @param {Record<string, string | number | boolean | null | undefined>} [query] @param {Details} [details] */
export async function read(path, query = {}, details = {}) {
  return (await call("GET", path + queryString(query), { ...details, repeatable: true })).data;
}

/** @param {string} path @param {any} [body] @param {Details} [details] @returns {Promise<any>} */
export async function act(path, body, details = {}) {
  return (await call("POST", path, { ...details, body, repeatable: details.repeatable || !!details.key })).data;
}

/**
 * @param {string} method @param {string} path @param {Details} [details] @returns {Promise<Answer>}
 * @throws {Problem}
 */
export async function call(method, path, details = {}) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await once(method, path, details);
    } catch (error) {
      const pause = error instanceof Problem ? pauseBefore(error, attempt, details) : null;
      if (pause === null) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** @param {Problem} problem @param {number} attempt @param {Details} details @returns {number | null} */
function pauseBefore(problem, attempt, details) {
  const first = PAUSES_MS[attempt];
  if (first === undefined || !problem.isPassing || details.signal?.aborted) return null;
  // A 429 has had no effect, whatever was asked.
  if (!details.repeatable && problem.status !== 429) return null;
  const asked = Number(problem.document.retry_after ?? 0);
  if (asked > LONGEST_RETRY_AFTER_SECONDS) return null;
  return Math.max(asked * 1000, first) * (0.75 + Math.random() / 2);
}

/** @param {string} method @param {string} path @param {Details} details @returns {Promise<Answer>} */
async function once(method, path, details) {
  let answer = await send(method, path, details);
  if (answer.status === 401) {
    dropToken(); // refused before it had run out: a clock that is off, or a key that changed
    answer = await send(method, path, details);
  }
  if (!answer.ok && answer.status !== 304) throw await problemOf(answer);
  return {
    status: answer.status,
    etag: answer.headers.get("ETag"),
    data: answer.status === 204 || answer.status === 304 ? null : await bodyOf(answer, details),
  };
}

/** The line may be cut in the middle of an answer. @param {Response} answer @param {Details} details @returns {Promise<any>} */
async function bodyOf(answer, details) {
  try {
    return await answer.json();
  } catch (error) {
    if (details.signal?.aborted) throw error;
    throw new Problem(0, {});
  }
}

/** @param {string} method @param {string} path @param {Details} details */
async function send(method, path, details) {
  const patience = AbortSignal.timeout(details.patience ?? PATIENCE_MS);
  try {
    return await fetch(base + path, {
      method,
      headers: await headersOf(details),
      body: details.body === undefined ? null : details.type ? details.body : JSON.stringify(details.body),
      signal: details.signal ? AbortSignal.any([details.signal, patience]) : patience,
      keepalive: details.keepalive ?? false,
    });
  } catch (error) {
    if (error instanceof NotSignedIn) throw new Problem(401, {});
    if (details.signal?.aborted) throw error;
    silence();
    throw new Problem(0, {});
  }
}

/** @param {Details} details */
async function headersOf(details) {
  /** @type {Record<string, string>} */
  const headers = { Authorization: await token() };
  if (details.body !== undefined) headers["Content-Type"] = details.type ?? "application/json";
  if (details.key) headers["Idempotency-Key"] = details.key;
  if (details.etag) headers["If-Match"] = details.etag;
  if (details.seenEtag) headers["If-None-Match"] = details.seenEtag;
  return headers;
}

/** @param {Response} answer */
async function problemOf(answer) {
  const document = await answer.json().catch(() => ({}));
  const after = answer.headers.get("Retry-After");
  return new Problem(answer.status, after ? { ...document, retry_after: Number(after) } : document);
}

/** @param {Record<string, string | number | boolean | null | undefined>} query */
function queryString(query) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : "";
}

/** Who is signed in, and how far the clock of this machine is off. */
export async function readMe() {
  const asked = Date.now();
  const me = await read("/me");
  setClock(me.server_time, asked);
  return me;
}
