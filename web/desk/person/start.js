/** Coming to work: one click lets the bell be heard, asks for notifications, and makes available. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { wordsOf } from "../api/problem.js";
import { language, t } from "../language/words.js";
import { askToNotify, unlockSound } from "./bell.js";
import { choices } from "../page/choices.js";
import { may, me, presence, setPresence } from "./me.js";
import { tellTrouble } from "../page/messages.js";
import { useFocusKept } from "../parts/focus_kept.js";

/** What stands where no conversation is open. */
export function Start() {
  void language.value;
  if (presence.value === "offline" && may("set_own_presence")) return html`<${NotAtWork} />`;
  return html`
    <div class="empty start">
      <h2>${t("start.nothing_open")}</h2>
      <p>${t("start.choose")}</p>
      <p class="muted"><kbd>j</kbd> <kbd>k</kbd> <kbd>?</kbd> ${t("start.keys")}</p>
    </div>`;
}

function NotAtWork() {
  return html`
    <div class="empty start">
      <h2>${t("start.hello", { name: me.value?.display_name || t("start.you") })}</h2>
      <p>${t("start.why")}</p>
      <${StartWork} />
      <p class="muted">${t("start.sound_and_notices")}</p>
    </div>`;
}

/** The button alone, for where there is little room. */
export function StartWork() {
  const [busy, setBusy] = useState(false);
  const button = useFocusKept();
  const start = async () => {
    setBusy(true);
    try {
      // Both need this very click, so neither waits for the other.
      const sound = unlockSound();
      if (choices.value.notifications) void askToNotify();
      await Promise.all([sound.catch(() => undefined), setPresence("available")]);
    } catch (error) {
      tellTrouble(wordsOf(error), { label: t("try_again"), act: () => void start() });
    } finally {
      setBusy(false);
    }
  };
  return html`<button type="button" class="main" ref=${button} onClick=${start} aria-disabled=${busy}>${t("start.work")}</button>`;
}
