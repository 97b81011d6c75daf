/** What is not on the first screen: its code and its words come when they are first wanted. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { addWords, t } from "../language/words.js";

/** @typedef {{load: () => Promise<any>, rooms: readonly string[]}} Part what is loaded, and the rooms whose words and looks it has */

/** Rooms by their style sheets, on the way or there. @type {Map<string, Promise<void>>} */
const sheets = new Map();

/** Load the words of a room, and its style sheet. @param {string} room */
export function addRoom(room) {
  const sheet = sheets.get(room) ?? addSheet(room);
  sheets.set(room, sheet);
  return Promise.all([addWords(room), sheet]);
}

/** @param {string} room @returns {Promise<void>} */
function addSheet(room) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL(`../style/${room}.css`, import.meta.url).href;
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => {
      sheets.delete(room);
      link.remove();
      reject(new TypeError(`no style sheet for ${room}`));
    };
    document.head.append(link);
  });
}

/** What was loaded before is shown at once. @type {WeakMap<Part, any>} */
const loaded = new WeakMap();

/** Fetch a part ahead, so that it is there at once; a line that is lost is found when it is shown. @param {Part} part */
export function fetchAhead({ load, rooms }) {
  const fetch = () => void Promise.all([load(), ...rooms.map(addRoom)]).catch(() => undefined);
  if ("requestIdleCallback" in window) requestIdleCallback(fetch);
  else setTimeout(fetch, 1000);
}

/** @param {{part: Part, waiting?: any, [prop: string]: any}} props the others are given to the part's default export */
export function Later({ part, waiting, ...props }) {
  const [Shown, setShown] = useState(() => loaded.get(part) ?? null);
  const [failed, setFailed] = useState(false);
  const fetch = () => {
    setFailed(false);
    Promise.all([part.load(), ...part.rooms.map(addRoom)]).then(
      ([module]) => { loaded.set(part, module.default); setShown(() => module.default); }, () => setFailed(true));
  };
  useEffect(fetch, [part]);
  if (Shown) return html`<${Shown} ...${props} />`;
  if (failed) {
    return html`
      <div class="empty" role="alert">
        <p>${t("page_not_loaded")}</p>
        <button type="button" onClick=${fetch}>${t("try_again")}</button>
      </div>`;
  }
  return waiting ?? null;
}
