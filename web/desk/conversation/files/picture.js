/** A picture in the story: fetched when it comes near what is seen, in room that is kept for it. */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { wordsOf } from "../../api/problem.js";
import { t } from "../../language/words.js";
import { Dialog } from "../../parts/dialog.js";
import { Download, nameOf } from "./download.js";
import { linkTo } from "./links.js";
import { roomFor } from "./sizes.js";

const NEAR = "400px";

/** @typedef {import("./file_view.js").File} File */
/** @typedef {import("./links.js").Link} Link */

/** @param {{id: string, file: File}} props */
export function Picture({ id, file }) {
  const frame = useRef(/** @type {HTMLElement | null} */ (null));
  const [link, setLink] = useState(/** @type {Link | null} */ (null));
  const [trouble, setTrouble] = useState("");
  const [large, setLarge] = useState(false);
  const tries = useRef(0);
  const get = (anew = false) => {
    setTrouble("");
    linkTo(id, file.media_id, anew).then(setLink, (error) => setTrouble(wordsOf(error)));
  };
  useEffect(() => whenNear(frame.current, get), [file.media_id]);
  const broken = () => {
    tries.current += 1;
    if (tries.current > 1) setTrouble(t("file.unshown"));
    else get(true);
  };
  // What it is called stands where there is nothing to see; what is known of its size does not change.
  const room = roomFor(file.width ? file : {});
  return html`
    <figure class="picture" ref=${frame}>
      <button type="button" class="frame" style=${{ width: `${room.width}px`, aspectRatio: `${room.width} / ${room.height}` }}
        aria-label=${t("file.enlarge", { name: nameOf(file) })} disabled=${!link} onClick=${() => setLarge(true)}>
        ${link && !trouble && html`<img src=${link.url} width=${room.width} height=${room.height} alt=${nameOf(file)} onError=${broken} />`}
      </button>
      ${trouble && html`<figcaption><span class="trouble">${trouble}</span> <button type="button" class="link" onClick=${() => { tries.current = 0; get(true); }}>${t("try_again")}</button></figcaption>`}
      ${large && link && html`
        <${Dialog} title=${nameOf(file)} wide onClose=${() => setLarge(false)}>
          <img class="large" src=${link.url} alt=${nameOf(file)} onError=${broken} />
          <div class="buttons end"><${Download} id=${id} file=${file} /></div>
        <//>`}
    </figure>`;
}

/** @param {HTMLElement | null} element @param {() => void} act @returns {() => void} stops looking */
function whenNear(element, act) {
  if (!element) return () => undefined;
  const observer = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    observer.disconnect();
    act();
  }, { root: element.closest("[role=log]"), rootMargin: NEAR });
  observer.observe(element);
  return () => observer.disconnect();
}
