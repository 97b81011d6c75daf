/** Whoever works here: at work or not, how this machine behaves, and the way out. */
import { html } from "htm/preact";
import { wordsOf } from "../api/problem.js";
import { t } from "../language/words.js";
import { Later } from "../parts/later.js";
import { Menu } from "../parts/menu.js";
import { signOut } from "../session/session.js";
import { unlockSound } from "../person/bell.js";
import { may, me, presence, setPresence } from "../person/me.js";
import { tellTrouble } from "../page/messages.js";
import { openDialog } from "../page/open_dialog.js";

/** @typedef {import("../api/shapes.d.ts").Presence} Presence */

export const PRESENCES = /** @type {const} */ (["available", "busy", "away", "offline"]);

const DIALOGS = {
  preferences: { load: () => import("./preferences.js"), rooms: [] },
  keys: { load: () => import("./key_help.js"), rooms: [] },
  palette: { load: () => import("./palette.js"), rooms: [] },
};

export function OwnMenu() {
  const name = me.value?.display_name || t("own_menu");
  const mayBePresent = may("set_own_presence");
  const choices = [
    ...(mayBePresent ? PRESENCES.map((to) => ({
      key: to, label: html`<i class="dot ${to}"></i> ${t(`presence.${to}`)}`, checked: presence.value === to, act: () => void be(to),
    })) : []),
    { key: "preferences", label: t("preferences"), act: () => { openDialog.value = "preferences"; } },
    { key: "keys", label: t("keys"), act: () => { openDialog.value = "keys"; } },
    { key: "out", label: t("sign_out"), act: () => void leave() },
  ];
  return html`
    <${Menu} choices=${choices} place="up start" buttonClass="plain own" menuName=${t("own_menu")}>
      <span class="face" data-letter=${name.slice(0, 1).toUpperCase()} aria-hidden="true">${mayBePresent && html`<i class="dot ${presence.value}"></i>`}</span>
      <span class="label">${mayBePresent && html`<span class="aside-only">${name}: </span>`}${mayBePresent ? t(`presence.${presence.value}`) : name}</span>
    <//>`;
}

/** Dialogs that can be opened from anywhere. */
export function OwnDialogs() {
  const close = () => { openDialog.value = ""; };
  const open = openDialog.value;
  return open && html`<${Later} key=${open} part=${DIALOGS[open]} onClose=${close} />`;
}

/** Be at work or not, and hear of it where that does not go. @param {Presence} to */
export async function be(to) {
  if (to === "available") void unlockSound().catch(() => undefined); // without sound the page says that it is mute
  try {
    await setPresence(to);
  } catch (error) {
    tellTrouble(wordsOf(error), { label: t("try_again"), act: () => void be(to) });
  }
}

/** Messages that are still on their way would be lost with what is kept here: of them it is asked once. */
async function leave() {
  const waiting = await import("../composer/outbox.js").then((outbox) => outbox.unsentCount(), () => 0);
  if (!waiting) return goHome();
  tellTrouble(t("sign_out.unsent", { count: waiting }), { label: t("sign_out.anyway"), act: () => void goHome() });
}

/** Whoever signs out is not at work any more. */
async function goHome() {
  if (presence.peek() !== "offline") await setPresence("offline").catch(() => undefined); // it ends by itself without pings
  await signOut();
}
