/**
 * The bell: a sound, a notification of the system, and a count in the tab's title.
 *
 * It rings on until it is answered, in one tab of this browser: one that hears of rings and can be
 * heard. Sound needs a click first, which "Start work" is; until then the page says that it is mute.
 */
import { computed, effect, signal } from "@preact/signals";
import { lineState } from "../live/connection.js";
import { choices } from "../page/choices.js";
import { sessionState } from "../session/session.js";

const AGAIN_MS = 3_000;
const RING = [[660, 0, 0.18], [880, 0.22, 0.3]];
const TOUCH = [[740, 0, 0.12]];

/** Whether sound can be heard: `locked` until somebody clicks. @type {import("@preact/signals").Signal<"locked" | "on">} */
export const sound = signal("locked");
/** Whether this is the tab that rings, and whether it is the one that notifies. */
const ringsHere = signal(false);
const notifiesHere = signal(false);
/** A session that ended, or a line that gave way to other tabs, hears of nothing: another tab's turn. */
const hearsOfRings = computed(() => sessionState.value === "in" && !["off", "ended"].includes(lineState.value));
const isHeard = computed(() => hearsOfRings.value && sound.value === "on" && choices.value.sound);

/** @type {AudioContext | null} */
let audio = null;
/** @type {Map<string, {timer: ReturnType<typeof setInterval>, notification: Notification | null}>} */
const ringing = new Map();

/** Let sound be heard from now on; call it from a click or a key. */
export async function unlockSound() {
  audio ??= listenedTo(new AudioContext());
  await audio.resume();
  hearState();
}

/** The system may take the sound away again, for a call or while the machine sleeps. @param {AudioContext} made */
function listenedTo(made) {
  made.addEventListener("statechange", hearState);
  return made;
}

function hearState() {
  sound.value = audio?.state === "running" ? "on" : "locked";
}

/** Ask the system to let the desk notify. @returns {Promise<NotificationPermission>} */
export async function askToNotify() {
  if (!("Notification" in window)) return "denied";
  return Notification.permission === "default" ? Notification.requestPermission() : Notification.permission;
}

/** Be the one tab of this browser that rings, as soon as no other is. @returns {() => void} stops it */
export function standForTheBell() {
  const stops = [standFor("sportello.bell", isHeard, ringsHere), standFor("sportello.notices", hearsOfRings, notifiesHere)];
  const unlock = () => { if (sound.peek() === "locked") void unlockSound().catch(() => undefined); }; // without sound it stays mute, and says so
  // Not before the click has found its target: what says that the desk is mute leaves then.
  addEventListener("click", unlock);
  addEventListener("keydown", unlock);
  return () => {
    stops.forEach((stop) => stop());
    removeEventListener("click", unlock);
    removeEventListener("keydown", unlock);
    for (const id of ringing.keys()) stopRinging(id);
  };
}

/**
 * Have something that one tab has at a time, as long as this one is fit for it.
 *
 * @param {string} name @param {import("@preact/signals").ReadonlySignal<boolean>} isFit
 * @param {import("@preact/signals").Signal<boolean>} has @returns {() => void} stops it
 */
export function standFor(name, isFit, has) {
  return effect(() => {
    if (!isFit.value) return undefined;
    const leaving = new AbortController();
    const hold = async () => {
      if (leaving.signal.aborted) return;
      has.value = true;
      await new Promise((resolve) => leaving.signal.addEventListener("abort", resolve));
    };
    if (navigator.locks) void navigator.locks.request(name, { signal: leaving.signal }, hold).catch(() => undefined); // given up before it was its turn
    else void hold();
    return () => {
      leaving.abort();
      has.value = false;
    };
  });
}

/** Ring until `stopRinging`; the same id rings once. @param {string} id @param {string} title @param {string} body @param {() => void} onClick */
export function ring(id, title, body, onClick) {
  if (ringing.has(id)) return;
  const once = () => { if (ringsHere.peek()) play(RING); };
  once();
  ringing.set(id, { timer: setInterval(once, AGAIN_MS), notification: notify(id, title, body, onClick) });
}

/** @param {string} id */
export function stopRinging(id) {
  const rung = ringing.get(id);
  if (!rung) return;
  clearInterval(rung.timer);
  rung.notification?.close();
  ringing.delete(id);
}

/** A short sound, once: something was written to somebody who answers. */
export function touch() {
  if (ringsHere.peek()) play(TOUCH);
}

/** Let the sound be heard, whatever was chosen. */
export async function trySound() {
  await unlockSound();
  play(RING, true);
}

/** @param {string} id @param {string} title @param {string} body @param {() => void} onClick */
function notify(id, title, body, onClick) {
  const wanted = choices.peek().notifications && "Notification" in window && Notification.permission === "granted";
  if (!wanted || document.hasFocus() || !notifiesHere.peek()) return null;
  const notification = new Notification(title, { body, tag: id });
  notification.onclick = () => { window.focus(); onClick(); notification.close(); };
  return notification;
}

/** @param {number[][]} tones as [hertz, begins, lasts] in seconds @param {boolean} [always] */
function play(tones, always = false) {
  if (!audio || audio.state !== "running" || !(always || choices.peek().sound)) return;
  for (const [hertz = 0, begins = 0, lasts = 0] of tones) tone(audio, hertz, audio.currentTime + begins, lasts);
}

/** @param {AudioContext} context @param {number} hertz @param {number} at @param {number} lasts */
function tone(context, hertz, at, lasts) {
  const source = context.createOscillator();
  const volume = context.createGain();
  source.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.25, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + lasts);
  source.connect(volume).connect(context.destination);
  source.start(at);
  source.stop(at + lasts + 0.05);
}
