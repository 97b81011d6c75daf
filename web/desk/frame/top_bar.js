/** What stands in the way of work, and what is put before somebody: no line, a desk that is mute, a ring; not at work. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../language/words.js";
import { OfferBar } from "../inbox/offer_bar.js";
import { connectNow, lineState } from "../live/connection.js";
import { sound, unlockSound } from "../person/bell.js";
import { choices } from "../page/choices.js";
import { may, presence, work } from "../person/me.js";
import { be } from "./own_menu.js";
import { isAtLists } from "./pages.js";
import { route } from "../page/router.js";
import { StartWork } from "../person/start.js";

/** A line that comes back within moments is not worth a word. */
const PATIENCE_MS = 1_500;
const MANY_MISSED = 3;

export function TopBar() {
  const isAsked = may("set_own_presence") && work.value;
  return html`
    <section class="top-bar" aria-label=${t("top_bar")}>
      <div class="told">
        <${Line} />
        ${isAsked && presence.value !== "offline" && html`<${Unheard} />`}
        <${OfferBar} />
      </div>
      ${isAsked && presence.value === "offline" && html`<${NotAtWork} />`}
    </section>`;
}

function Line() {
  const lost = lineState.value === "lost";
  const [said, setSaid] = useState(false);
  useEffect(() => {
    if (!lost) {
      setSaid(false);
      return undefined;
    }
    const timer = setTimeout(() => setSaid(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [lost]);
  const ended = lineState.value === "ended";
  return html`
    <div role="status">
      ${(said && lost || ended) && html`
        <div class="notice ${ended ? "due" : "late"}">
          <span>${t(ended ? "line.ended" : "line.lost")}</span>
          <button type="button" onClick=${connectNow}>${t("line.connect")}</button>
        </div>`}
    </div>`;
}

function NotAtWork() {
  // Where nothing is open the page itself asks, and asks once.
  const pageAsks = isAtLists() && !route.value.rest[0];
  return html`<div class="notice off ${pageAsks ? "narrow-only" : ""}"><span>${t("start.off")}</span><${StartWork} /></div>`;
}

/** Rings that were missed, or would be. */
function Unheard() {
  const missed = work.value?.missed_offers ?? 0;
  if (presence.value === "away" && missed >= MANY_MISSED) {
    return html`
      <div class="notice due" role="alert">
        <span>${t("presence.missed", { count: missed })}</span>
        <button type="button" onClick=${() => void be("available")}>${t("presence.back")}</button>
      </div>`;
  }
  if (sound.value === "locked" && choices.value.sound) {
    return html`
      <div class="notice off">
        <span>${t("start.mute")}</span>
        <button type="button" onClick=${() => void unlockSound().catch(() => undefined)}>${t("start.unmute")}</button>
      </div>`;
  }
  return null;
}
