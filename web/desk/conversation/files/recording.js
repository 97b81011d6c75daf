/** A voice note or a film: fetched when somebody wants to hear or see it. */
import { html } from "htm/preact";
import { useRef, useState } from "preact/hooks";
import { wordsOf } from "../../api/problem.js";
import { clockFace, size } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Icon } from "../../parts/icon.js";
import { Download, nameOf } from "./download.js";
import { linkTo } from "./links.js";

/** @param {{id: string, file: import("./file_view.js").File, kind: "audio" | "video", form: string}} props */
export function Recording({ id, file, kind, form }) {
  const [url, setUrl] = useState("");
  const [trouble, setTrouble] = useState("");
  const place = useRef(0);
  const tries = useRef(0);
  const get = (anew = false) => {
    setTrouble("");
    linkTo(id, file.media_id, anew).then((link) => setUrl(link.url), (error) => setTrouble(wordsOf(error)));
  };
  // A link that has run out while it played is fetched anew, and it goes on where it was.
  const broken = () => {
    tries.current += 1;
    if (tries.current > 1) setTrouble(t("file.unplayed"));
    else get(true);
  };
  const name = form === "voice_note" ? t("file.voice_note") : nameOf(file);
  const about = file.seconds ? clockFace(file.seconds) : file.size_bytes ? size(file.size_bytes) : "";
  if (trouble) {
    return html`<p class="file"><span class="trouble">${trouble}</span> <${Download} id=${id} file=${file} /></p>`;
  }
  if (!url) {
    return html`
      <button type="button" class="file" onClick=${() => { tries.current = 0; get(); }}>
        <${Icon} mark="sound" /><span>${t(kind === "audio" ? "file.listen" : "file.watch", { name })}${about && html` <small class="muted">${about}</small>`}</span>
      </button>`;
  }
  const attributes = {
    src: url, controls: true, autoplay: true, "aria-label": name, onError: broken,
    onTimeUpdate: (/** @type {Event} */ event) => { place.current = /** @type {HTMLMediaElement} */ (event.currentTarget).currentTime; },
    onLoadedMetadata: (/** @type {Event} */ event) => { /** @type {HTMLMediaElement} */ (event.currentTarget).currentTime = place.current; },
  };
  return kind === "audio" ? html`<audio ...${attributes}></audio>` : html`<video ...${attributes}></video>`;
}
