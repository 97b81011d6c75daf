/** Who works at this desk, and whether they are at work. */
import { batch, computed, signal } from "@preact/signals";
import { call, read, readMe } from "../api/api.js";
import { onFrame } from "../live/connection.js";

/** @typedef {import("../api/shapes.d.ts").Me} Me */
/** @typedef {import("../api/shapes.d.ts").MyWork} MyWork */
/** @typedef {import("../api/shapes.d.ts").Presence} Presence */

/** @type {import("@preact/signals").Signal<Me | null>} */
export const me = signal(null);
/** @type {import("@preact/signals").Signal<MyWork | null>} */
export const work = signal(null);

let asked = 0;

export const presence = computed(() => work.value?.presence ?? "offline");

/** Whether the API would let them; the page hides what it would refuse. @param {string} permission */
export const may = (permission) => me.value?.permissions.includes(permission) ?? false;

/**
 * Who they are and what they have, shown together: what comes later would push what is read already.
 * What they have is read again at each welcome: without it the desk opens all the same.
 */
export async function loadMe() {
  const known = await readMe();
  const isAtWork = known.permissions.includes("set_own_presence");
  const own = isAtWork ? await read("/agents/me").catch(() => null) : null;
  batch(() => {
    work.value = own;
    me.value = known;
  });
}

/** What they have, and what is put before them; an answer that a later question overtook is old. */
export async function loadWork() {
  if (!may("set_own_presence")) return;
  const mine = ++asked;
  const answer = await read("/agents/me");
  if (mine === asked) work.value = answer;
}

/** @param {Presence} to */
export async function setPresence(to) {
  const { data } = await call("PUT", "/agents/me/presence", {
    body: { presence: to, ...(to === "available" ? { back: true } : {}) }, repeatable: true,
  });
  asked += 1; // what is being read was asked before
  hearPresence(data);
  await loadWork();
}

/** @param {Pick<MyWork, "presence" | "presence_until" | "missed_offers">} said */
function hearPresence(said) {
  if (!work.value) return;
  const { presence: to, presence_until, missed_offers } = said;
  if (to) work.value = { ...work.value, presence: to, presence_until, missed_offers };
}

for (const kind of ["presence", "pong"]) onFrame(kind, (frame) => hearPresence(/** @type {any} */ (frame)));
onFrame("welcome", (frame) => hearPresence(/** @type {any} */ (frame)));
