/** Authorization code with PKCE (RFC 7636), for Cognito's managed login. */

/** @typedef {{sign_in: string, client_id: string}} Issuer */

/** 256 bits of chance as base64url. */
export function chance() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** What the verifier is asked against: its SHA-256. @param {string} verifier */
export async function challengeOf(verifier) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return base64url(new Uint8Array(hash));
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Where a person signs in.
 *
 * @param {Issuer} issuer @param {{redirect: string, state: string, nonce: string, challenge: string, language: string}} asked
 */
export function authorizeUrl(issuer, asked) {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: issuer.client_id,
    redirect_uri: asked.redirect,
    scope: "openid email profile",
    state: asked.state,
    nonce: asked.nonce,
    code_challenge: asked.challenge,
    code_challenge_method: "S256",
    lang: asked.language,
  });
  return `${issuer.sign_in}/oauth2/authorize?${query}`;
}

/** Where a person signs out, and comes back from. @param {Issuer} issuer @param {string} redirect */
export function logoutUrl(issuer, redirect) {
  return `${issuer.sign_in}/logout?${new URLSearchParams({ client_id: issuer.client_id, logout_uri: redirect })}`;
}

/** What a token says of itself; whether it is genuine the API judges. @param {string} token @returns {Record<string, any>} */
export function claimsOf(token) {
  const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}
