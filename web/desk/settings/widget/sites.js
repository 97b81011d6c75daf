/** Sites that carry the chat window, as the settings have them. */

/**
 * @typedef {{enabled: boolean, origins: string[], name: Record<string, string>, colour: string,
 *   greeting: Record<string, string>, closed: Record<string, string>, corner: "left" | "right"}} Site
 * @typedef {{sites: Record<string, Site>}} WidgetDocument
 */

export const MOST_SITES = 20;
export const MOST_ORIGINS = 20;
export const LONGEST_NAME = 60;
export const LONGEST_WORDS = 500;
export const PACKAGED_COLOUR = "#0d5c58";

/** @returns {Site} */
export function newSite() {
  return { enabled: true, origins: [], name: {}, colour: PACKAGED_COLOUR, greeting: {}, closed: {}, corner: "right" };
}

/** @typedef {"no_address" | "no_https" | "no_path" | "twice"} OriginFault */

/** What would be refused of a page's origin: https, or http on this machine; no path. @param {string} origin @returns {OriginFault | null} */
export function originFault(origin) {
  if (!URL.canParse(origin) || /[\s*]/.test(origin)) return "no_address";
  const url = new URL(origin);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && url.hostname === "localhost")) return "no_https";
  if (url.username || url.password || !url.hostname) return "no_address";
  return url.origin === origin ? null : "no_path";
}

/** An address as somebody pastes it, with its path and all, as the origin it is of. @param {string} text */
export function originOf(text) {
  const typed = text.trim();
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`;
  if (!typed || !URL.canParse(whole) || !/^https?:/i.test(whole)) return typed;
  return new URL(whole).origin;
}

/** Origins one a line. @param {string} text @returns {string[]} each once */
export function originsOf(text) {
  return [...new Set(text.split("\n").map(originOf).filter(Boolean))];
}
