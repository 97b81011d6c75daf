/**
 * The WebSocket over which the desk hears of changes (`docs/live.md`).
 *
 * The table is the truth: after each connection `welcomed` is called, and whoever shows something
 * reads it anew. A line that is half open is found by the ping's deadline.
 */
import { signal } from "@preact/signals";
import { act, onSilence } from "../api/api.js";
import { setClock } from "../page/clock.js";

/** @typedef {Record<string, any> & {t: string}} Frame */

const VERSION = 1;
/** How long a line may be dead unseen: a ring would be missed. Presence alone asks for less. */
const LONGEST_PING_SECONDS = 60;
const PONG_SECONDS = 10;
/** Calls over connections that died with the line are answered by nobody: do not wait long for one. */
const TICKET_PATIENCE_MS = 8_000;
const WELCOME_SECONDS = 15;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** `ended` is a line that we were asked not to open again: too many tabs. @type {import("@preact/signals").Signal<"off" | "connecting" | "live" | "lost" | "ended">} */
export const lineState = signal("off");

/** @type {Map<string, Set<(frame: Frame) => void>>} */
const listeners = new Map();
/** @type {Set<() => void>} */
const welcomed = new Set();

let address = "";
/** @type {WebSocket | null} the line that is used */
let line = null;
let lineName = "";
let pingSeconds = LONGEST_PING_SECONDS;
let failures = 0;
let generation = 0;
/** @type {Set<ReturnType<typeof setTimeout>>} */
const timers = new Set();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let nextPing;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let retry;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let pongDeadline;

/** Hear frames of a kind. @param {string} kind @param {(frame: Frame) => void} hear @returns {() => void} stops it */
export function onFrame(kind, hear) {
  const those = listeners.get(kind) ?? new Set();
  listeners.set(kind, those.add(hear));
  return () => those.delete(hear);
}

/** Be called after every connection: read anew what is shown. @param {() => void} reread @returns {() => void} */
export function onWelcome(reread) {
  welcomed.add(reread);
  return () => welcomed.delete(reread);
}

/** @param {string} url the socket's, without a ticket */
export function openLine(url) {
  address = url;
  addEventListener("online", comeToLife);
  addEventListener("offline", doubt);
  document.addEventListener("visibilitychange", lookedAt);
  void connect();
}

export function closeLine() {
  generation += 1;
  removeEventListener("online", comeToLife);
  removeEventListener("offline", doubt);
  document.removeEventListener("visibilitychange", lookedAt);
  clearTimeout(retry);
  clearTimers();
  line?.close();
  line = null;
  lineState.value = "off";
}

/** @param {Frame} frame @returns {boolean} whether it left */
export function say(frame) {
  if (line?.readyState !== WebSocket.OPEN || lineState.value !== "live") return false;
  line.send(JSON.stringify(frame));
  return true;
}

/** Open a line, beside the one that is there until it is welcomed. */
async function connect() {
  const mine = ++generation;
  clearTimeout(retry);
  if (lineState.value !== "live") lineState.value = failures ? "lost" : "connecting";
  try {
    const { ticket } = await act("/live/tickets", {}, { repeatable: true, patience: TICKET_PATIENCE_MS });
    if (mine === generation) await open(`${address}?ticket=${encodeURIComponent(ticket)}`, mine);
  } catch {
    if (mine === generation) again();
  }
}

/** @param {string} url @param {number} mine */
function open(url, mine) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    let asked = Date.now();
    const patience = setTimeout(() => socket.close(), WELCOME_SECONDS * 1000);
    socket.onopen = () => {
      asked = Date.now(); // the way to the first answer, without that of the handshake
      socket.send(JSON.stringify({
        t: failures || lineName ? "resume" : "hello", v: VERSION, ...(line ? { replaces: lineName } : {}),
      }));
    };
    socket.onmessage = (event) => {
      const frame = JSON.parse(event.data);
      if (frame.t === "welcome") {
        clearTimeout(patience);
        take(socket, frame, asked, mine);
        resolve(undefined);
      }
      hear(socket, frame);
    };
    socket.onclose = () => {
      clearTimeout(patience);
      lost(socket);
      reject(new Error("closed"));
    };
  });
}

/** @param {WebSocket} socket @param {Frame} welcome @param {number} asked @param {number} mine */
function take(socket, welcome, asked, mine) {
  if (mine !== generation) {
    socket.close();
    return;
  }
  const before = line;
  line = socket;
  lineName = welcome.connection;
  pingSeconds = Math.min(welcome.ping_seconds ?? LONGEST_PING_SECONDS, LONGEST_PING_SECONDS);
  failures = 0;
  setClock(welcome.at, asked);
  clearTimers();
  pingLater();
  if (welcome.renew_at) later(() => void connect(), (new Date(welcome.renew_at).getTime() - new Date(welcome.at).getTime()) / 1000);
  lineState.value = "live";
  before?.close();
  for (const reread of welcomed) reread();
}

/** @param {WebSocket} socket @param {Frame} frame */
function hear(socket, frame) {
  if (socket !== line) return;
  clearTimeout(pongDeadline);
  pongDeadline = undefined;
  if (frame.t === "renew") void connect();
  if (frame.t === "goodbye" && frame.reason === "too-many-connections") lineState.value = "ended";
  for (const listen of listeners.get(frame.t) ?? []) listen(frame);
}

function ping() {
  if (!line) return;
  const doubted = line;
  if (line.readyState === WebSocket.OPEN) line.send('{"t": "ping"}');
  pongDeadline ??= setTimeout(() => { pongDeadline = undefined; drop(doubted); }, PONG_SECONDS * 1000);
  pingLater();
}

/** One that is asked between begins the wait anew. */
function pingLater() {
  clearTimeout(nextPing);
  nextPing = setTimeout(ping, pingSeconds * 1000);
}

/** A half-open line never closes by itself. @param {WebSocket} doubted */
function drop(doubted) {
  doubted.close();
  lost(doubted);
}

/** @param {WebSocket} socket */
function lost(socket) {
  if (socket !== line) return;
  line = null;
  clearTimers();
  if (lineState.value === "ended" || lineState.value === "off") return;
  lineState.value = "lost";
  again();
}

function again() {
  failures += 1;
  if (lineState.value !== "live") lineState.value = "lost";
  clearTimeout(retry);
  retry = setTimeout(() => void connect(), pauseAfter(failures - 1, Math.random()));
}

/** Grows, with chance in it, so that a hundred desks do not come back at one moment. @param {number} times @param {number} luck */
export function pauseAfter(times, luck) {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, times - 1)) * (0.5 + luck / 2);
}

onSilence(doubt);

/** Open it anew by hand. */
export function connectNow() {
  if (lineState.value === "live" || lineState.value === "off") return;
  lineState.value = "lost";
  void connect();
}

function comeToLife() {
  if (lineState.value === "lost") void connect();
  else doubt();
}

function lookedAt() {
  if (document.visibilityState === "visible") comeToLife();
}

/** The line may be dead: ask now, unless it is being asked. */
function doubt() {
  if (lineState.value === "live" && !pongDeadline) ping();
}

/** @param {() => void} what @param {number} seconds */
function later(what, seconds) {
  const timer = setTimeout(() => { timers.delete(timer); what(); }, Math.max(0, seconds) * 1000);
  timers.add(timer);
}

function clearTimers() {
  clearTimeout(pongDeadline);
  clearTimeout(nextPing);
  pongDeadline = undefined;
  for (const timer of timers) clearTimeout(timer);
  timers.clear();
}
