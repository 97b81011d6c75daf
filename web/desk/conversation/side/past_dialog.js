/** An earlier matter of the customer's, to be read beside what runs now. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { read } from "../../api/api.js";
import { wordsOf } from "../../api/problem.js";
import { serverTime } from "../../page/clock.js";
import { dayOf } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Dialog } from "../../parts/dialog.js";
import { Facts } from "../log/facts_view.js";
import { folded } from "../log/folding.js";
import { blocksOf } from "../log/grouping.js";
import { Message } from "../log/message_view.js";
import { begun, withOlder } from "../story.js";

const PAGE = 50;

/** @typedef {import("../talk.js").Talk} Talk */
/** @typedef {import("../log/grouping.js").Block} Block */

/** @param {{talk: Talk, before: number | null, title: string, onClose: () => void}} props */
export function PastDialog({ talk, before, title, onClose }) {
  const [story, setStory] = useState(/** @type {import("../story.js").Story | null} */ (null));
  const [trouble, setTrouble] = useState("");
  const get = (/** @type {number | string | null} */ cursor) => {
    setTrouble("");
    read(`/conversations/${talk.id}`, { limit: PAGE, before: cursor }).then(
      // Asked for twice, a page is shown once.
      ({ timeline }) => setStory((known) => (!known ? begun(timeline) : known.older === cursor ? withOlder(known, timeline) : known)),
      (error) => setTrouble(wordsOf(error)));
  };
  useEffect(() => get(before), [before]);
  return html`
    <${Dialog} title=${title} wide onClose=${onClose}>
      ${trouble && html`<p><span class="trouble" role="alert">${trouble}</span> <button type="button" onClick=${() => get(story?.older ?? before)}>${t("try_again")}</button></p>`}
      ${!story && !trouble && html`<p class="muted" role="status">${t("loading")}</p>`}
      ${story && story.older !== null && html`<button type="button" class="plain" onClick=${() => get(story.older)}>${t("story.older")}</button>`}
      ${story && html`<div class="past">${blocksOf(folded(story.entries)).map((block) => html`<${Shown} key=${block.key} talk=${talk} block=${block} />`)}</div>`}
    <//>`;
}

/** @param {{talk: Talk, block: Block}} props */
function Shown({ talk, block }) {
  switch (block.kind) {
    case "day": return html`<p class="day">${dayOf(block.at, serverTime())}</p>`;
    case "facts": return html`<${Facts} talk=${talk} told=${block.told} />`;
    case "message": return html`<${Message} talk=${talk} entry=${block.entry} follows=${block.follows} />`;
    default: return null;
  }
}
