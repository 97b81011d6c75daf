/** Text that somebody wrote, as text: only web addresses in it become links, and nothing else. */
import { html } from "htm/preact";

const ADDRESS = /https?:\/\/[^\s<>"']+/giu;
const CLOSING = /[.,;:!?)\]}»”’]+$/u;

/** @param {string} text @returns {{text: string, url?: string}[]} */
export function pieces(text) {
  const found = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const url = match[0].replace(CLOSING, "");
    if (!isWebAddress(url)) continue;
    found.push({ text: text.slice(from, match.index) }, { text: url, url });
    from = match.index + url.length;
  }
  return [...found, { text: text.slice(from) }].filter((piece) => piece.text);
}

/** @param {string} url */
function isWebAddress(url) {
  return URL.canParse(url) && new URL(url).hostname.includes(".");
}

/** @param {{text: string}} props */
export function LinkedText({ text }) {
  return pieces(text).map((piece) => piece.url
    ? html`<a href=${piece.url} target="_blank" rel="noopener noreferrer nofollow">${piece.text}</a>`
    : piece.text);
}
