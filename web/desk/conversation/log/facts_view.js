/** What happened, small and in the middle; what is only of interest to who asks stands behind a button. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { wordsOf } from "../../api/problem.js";
import { serverTime } from "../../page/clock.js";
import { tellTrouble } from "../../page/messages.js";
import { fullMoment, timeOfDay } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { open as openConversation } from "../acts/perform.js";
import { said } from "./said.js";

/** @typedef {import("./grouping.js").Told} Told */
/** @typedef {import("../talk.js").Talk} Talk */

/** @param {{talk: Talk, told: Told[]}} props */
export function Facts({ talk, told }) {
  const [all, setAll] = useState(false);
  const shown = all ? told : told.filter(({ fact }) => !fact.minor);
  const hidden = told.length - told.filter(({ fact }) => !fact.minor).length;
  return html`
    <div class="happened">
      ${shown.map((one) => html`<${Fact} key=${one.key} talk=${talk} told=${one} timed=${all} />`)}
      ${hidden > 0 && html`
        <button type="button" class="link small" aria-expanded=${all} onClick=${() => setAll(!all)}>
          ${all ? t("fact.fewer") : t("fact.more", { count: hidden })}
        </button>`}
    </div>`;
}

/** @param {{talk: Talk, told: Told, timed: boolean}} props */
function Fact({ talk, told: { fact, entry }, timed }) {
  return html`
    <p class="fact ${fact.late ? "trouble" : ""}" title=${fullMoment(entry.at)}>
      <span>${timed && html`<time datetime=${entry.at}>${timeOfDay(entry.at)}</time> `}${said(fact, serverTime())}</span>
      ${entry.type === "ConversationMoved" && html`
        <button type="button" class="link small" onClick=${() => openConversation(entry.detail.moved_to)}>${t("fact.moved.open")}</button>`}
      ${entry.type === "ConversationJoined" && html`<${Before} talk=${talk} detail=${entry.detail} />`}
    </p>`;
}

/** The other conversation's story before what is shown of it here. @param {{talk: Talk, detail: Record<string, any>}} props */
function Before({ talk, detail }) {
  const [reading, setReading] = useState(false);
  const branch = talk.branches.value.get(detail.conversation_id);
  if ((branch ? branch.older : detail.older) === null) return null;
  const more = () => {
    if (reading) return;
    setReading(true);
    talk.readBranch(detail.conversation_id, detail.older)
      .catch((error) => tellTrouble(wordsOf(error))).finally(() => setReading(false));
  };
  return html`<button type="button" class="link small" disabled=${reading} onClick=${more}>${t("fact.joined.before")}</button>`;
}
