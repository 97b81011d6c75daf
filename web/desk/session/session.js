/**
 * Who is signed in. The ID token lives in memory, the refresh token in this tab's storage, neither
 * in an address.
 */
import { signal } from "@preact/signals";
import { authorizeUrl, challengeOf, chance, claimsOf, logoutUrl } from "./pkce.js";

/**
 * @typedef {import("./pkce.js").Issuer} Issuer
 * @typedef {{id_token: string, refresh_token?: string, expires_in: number}} Tokens
 */

const REFRESH_TOKEN = "sportello.refresh";
const BEGUN = "sportello.sign-in";
const RENEW_SECONDS = 120;
const PATIENCE_MS = 15_000;
/** Answers of Cognito's about the token; a 403 or 429 is about something else, often somebody else's. */
const REFUSALS = new Set([400, 401]);

/**
 * `ended` is a session that was there and cannot be renewed: the page stays as it is, with what was
 * written, until its person signs in again.
 *
 * @type {import("@preact/signals").Signal<"starting" | "out" | "in" | "ended">}
 */
export const sessionState = signal("starting");
/** Why signing in did not work, a key of the words; empty if it did. */
export const signInTrouble = signal("");

/** @type {Issuer} */
let issuer;
/** @type {{token: string, until: number} | null} */
let held = null;
/** @type {Promise<string> | null} */
let renewal = null;

/** Nobody is signed in any more, or not for this call. */
export class NotSignedIn extends Error {}

const redirectAddress = () => `${location.origin}/`;

/** Go on where this tab was, or take up the code that the sign-in page sent. @param {Issuer} of */
export async function startSession(of) {
  issuer = of;
  const query = new URLSearchParams(location.search);
  if (query.has("code") || query.has("error")) await comeBack(query);
  else if (sessionStorage.getItem(REFRESH_TOKEN)) await token().catch(noLine);
  if (sessionState.value === "starting") sessionState.value = "out";
}

/** Whoever cannot be told who they are is not signed out by that: it is said, and tried again. @param {unknown} error */
function noLine(error) {
  if (!(error instanceof NotSignedIn)) signInTrouble.value = "sign_in.no_line";
}

/** Go on where this tab was, once there is a line; or sign in, where there is nothing to go on with. @param {string} language */
export async function goOn(language) {
  if (!sessionStorage.getItem(REFRESH_TOKEN)) return signIn(language);
  signInTrouble.value = "";
  await token().catch(noLine);
  return undefined;
}

/** Leave for the sign-in page, to come back where one is now. @param {string} language */
export async function signIn(language) {
  const begun = { verifier: chance(), state: chance(), nonce: chance(), hash: location.hash };
  sessionStorage.setItem(BEGUN, JSON.stringify(begun));
  location.assign(authorizeUrl(issuer, {
    ...begun, redirect: redirectAddress(), challenge: await challengeOf(begun.verifier), language,
  }));
}

/** What is asked before somebody is forgotten. @type {(() => Promise<unknown>)[]} */
const last = [];

/** Have something done while it is still known who one is. @param {() => Promise<unknown>} act */
export function beforeSignOut(act) {
  last.push(act);
}

/** Forget the session here and at the pool. */
export async function signOut() {
  await Promise.allSettled(last.map((act) => act()));
  const refresh = sessionStorage.getItem(REFRESH_TOKEN);
  forget("out");
  if (refresh) await post("/oauth2/revoke", { token: refresh }).catch(() => undefined);
  location.assign(logoutUrl(issuer, redirectAddress()));
}

/** A token that is good for a while yet. Raises NotSignedIn, or TypeError without a line. */
export async function token() {
  if (held && held.until - Date.now() > RENEW_SECONDS * 1000) return held.token;
  renewal ??= renew().finally(() => { renewal = null; });
  return renewal;
}

/** Use the token no longer that the API has refused. */
export function dropToken() {
  held = null;
}

/** What a session is that cannot be renewed: whoever was in stays at what they see. */
const over = () => (["in", "ended"].includes(sessionState.value) ? "ended" : "out");

async function renew() {
  const refresh = sessionStorage.getItem(REFRESH_TOKEN);
  if (!refresh) {
    forget(over());
    throw new NotSignedIn();
  }
  const answer = await post("/oauth2/token", {
    grant_type: "refresh_token", client_id: issuer.client_id, refresh_token: refresh,
  });
  // Whoever signed out meanwhile stays signed out.
  if (sessionStorage.getItem(REFRESH_TOKEN) !== refresh) throw new NotSignedIn();
  if (REFUSALS.has(answer.status)) {
    forget(over());
    throw new NotSignedIn();
  }
  if (!answer.ok) throw new TypeError(`the sign-in page answers ${answer.status}`);
  return hold(await answer.json());
}

/** @param {URLSearchParams} query */
async function comeBack(query) {
  const begun = JSON.parse(sessionStorage.getItem(BEGUN) ?? "{}");
  sessionStorage.removeItem(BEGUN);
  // The code leaves the address and the history before anything else can see it.
  history.replaceState(null, "", `/${begun.hash ?? ""}`);
  dispatchEvent(new HashChangeEvent("hashchange"));
  if (query.has("error") || !begun.state || begun.state !== query.get("state")) {
    signInTrouble.value = query.has("error") ? "sign_in.refused" : "sign_in.other_tab";
    return;
  }
  const answer = await post("/oauth2/token", {
    grant_type: "authorization_code", client_id: issuer.client_id, code: query.get("code") ?? "",
    redirect_uri: redirectAddress(), code_verifier: begun.verifier,
  }).catch(() => null);
  const tokens = answer?.ok ? await answer.json().catch(() => null) : null;
  if (!tokens || claimsOf(tokens.id_token).nonce !== begun.nonce) {
    signInTrouble.value = answer ? "sign_in.refused" : "sign_in.no_line";
    return;
  }
  hold(tokens);
}

/** @param {Tokens} tokens */
function hold(tokens) {
  held = { token: tokens.id_token, until: Date.now() + tokens.expires_in * 1000 };
  if (tokens.refresh_token) sessionStorage.setItem(REFRESH_TOKEN, tokens.refresh_token);
  signInTrouble.value = "";
  sessionState.value = "in";
  return tokens.id_token;
}

/** @param {"out" | "ended"} as */
function forget(as) {
  held = null;
  sessionStorage.removeItem(REFRESH_TOKEN);
  sessionState.value = as;
}

/** @param {string} path @param {Record<string, string>} form */
function post(path, form) {
  return fetch(`${issuer.sign_in}${path}`, {
    method: "POST",
    body: new URLSearchParams(form),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
}
