/** What stands in the way of work, above everything: no line, not at work, a desk that is mute. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../language/words.js";
import { connectNow, lineState } from "../live/connection.js";
import { sound, unlockSound } from "../person/bell.js";
import { choices } from "../page/choices.js";
import { may, presence, work } from "../person/me.js";
import { be } from "./own_menu.js";
import { route } from "../page/router.js";
import { StartWork } from "../person/start.js";

/** A line that comes back within moments is not worth a word. */
const PATIENCE_MS = 1_500;

export function TopBar() {
  return html`<section class="top-bar" aria-label=${t("top_bar")}><${Line} /><${AtWork} /></section>`;
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

function AtWork() {
  if (!may("set_own_presence") || !work.value) return null;
  if (presence.value === "offline") {
    // Where nothing is open the page itself asks, and asks once.
    const pageAsks = may("read_conversations") && !route.value.rest[0] && !["search", "board", "settings"].includes(route.value.page);
    return html`<div class="notice off ${pageAsks ? "narrow-only" : ""}"><span>${t("start.off")}</span><${StartWork} /></div>`;
  }
  if (presence.value === "away" && work.value.missed_offers >= 3) {
    return html`
      <div class="notice due" role="alert">
        <span>${t("presence.missed", { count: work.value.missed_offers })}</span>
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
