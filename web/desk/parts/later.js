/** What is not on the first screen: its code and its words come when they are first wanted. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { addWords, t } from "../language/words.js";

/** @typedef {{load: () => Promise<any>, rooms: readonly string[]}} Part what is loaded, and the rooms whose words it says */

/** What was loaded before is shown at once. @type {WeakMap<Part, any>} */
const loaded = new WeakMap();

/** Fetch a part ahead, so that it is there at once; a line that is lost is found when it is shown. @param {Part} part */
export function fetchAhead({ load, rooms }) {
  const fetch = () => void Promise.all([load(), ...rooms.map(addWords)]).catch(() => undefined);
  if ("requestIdleCallback" in window) requestIdleCallback(fetch);
  else setTimeout(fetch, 1000);
}

/** @param {{part: Part, waiting?: any, [prop: string]: any}} props the others are given to the part's default export */
export function Later({ part, waiting, ...props }) {
  const [Shown, setShown] = useState(() => loaded.get(part) ?? null);
  const [failed, setFailed] = useState(false);
  const fetch = () => {
    setFailed(false);
    Promise.all([part.load(), ...part.rooms.map(addWords)]).then(
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
