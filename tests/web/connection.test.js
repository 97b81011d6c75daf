import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { makePage, settled, tokens } from "./page.js";

makePage({ session: { "sportello.refresh": "r" } });
const { startSession } = await import("../../web/desk/session/session.js");
const { closeLine, lineState, onWelcome, openLine, pauseAfter } = await import("../../web/desk/live/connection.js");

const sockets = [];
globalThis.WebSocket = class {
  static OPEN = 1;
  readyState = 1;
  said = [];
  constructor() { sockets.push(this); }
  send(frame) { this.said.push(JSON.parse(frame).t); }
  close() { this.readyState = 3; }
  hears(frame) { this.onmessage({ data: JSON.stringify(frame) }); }
};
globalThis.fetch = async (url) => (String(url).includes("/oauth2/") ? tokens() : Response.json({ ticket: "t" }, { status: 201 }));
const WELCOME = { t: "welcome", connection: "c1", at: "2026-03-04T10:00:00Z", ping_seconds: 60, renew_at: "2026-03-04T11:50:00Z" };

async function live() {
  openLine("wss://live.example");
  await settled();
  const socket = sockets.at(-1);
  socket.onopen();
  socket.hears(WELCOME);
  return socket;
}

test("however often somebody comes back to the tab, the line is asked once a minute", async () => {
  await startSession({ sign_in: "https://login.example", client_id: "c" });
  mock.timers.enable({ apis: ["setTimeout"] });
  const socket = await live();
  assert.equal(lineState.value, "live");
  for (let time = 0; time < 20; time += 1) {
    document.dispatchEvent(new Event("visibilitychange"));
    socket.hears({ t: "pong", at: WELCOME.at });
  }
  const before = socket.said.length;
  for (let minute = 0; minute < 5; minute += 1) {
    mock.timers.tick(60_000);
    socket.hears({ t: "pong", at: WELCOME.at });
  }
  assert.equal(socket.said.length - before, 5);
  closeLine();
  mock.timers.reset();
});

test("a line that is doubted twice is asked once, and one that does not answer is given up and opened anew", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  let welcomes = 0;
  const stop = onWelcome(() => { welcomes += 1; });
  const socket = await live();
  dispatchEvent(new Event("offline"));
  document.dispatchEvent(new Event("visibilitychange"));
  assert.deepEqual(socket.said.slice(1), ["ping"]);
  mock.timers.tick(10_000);
  assert.equal(lineState.value, "lost");
  assert.equal(socket.readyState, 3);
  const known = sockets.length;
  mock.timers.tick(1_000);
  await settled();
  assert.equal(sockets.length, known + 1, "one line is opened, and no second beside it");
  sockets.at(-1).onopen();
  sockets.at(-1).hears({ ...WELCOME, connection: "c2" });
  assert.deepEqual([lineState.value, welcomes, sockets.at(-1).said[0]], ["live", 2, "resume"]);
  stop();
  closeLine();
  mock.timers.reset();
});

test("a line that is renewed goes on beside the old one until it is welcomed", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const socket = await live();
  socket.hears({ t: "renew", lives_until: "2026-03-04T12:00:00Z" });
  await settled();
  const next = sockets.at(-1);
  next.onopen();
  assert.deepEqual([lineState.value, socket.readyState], ["live", 1]);
  next.hears({ ...WELCOME, connection: "c3" });
  assert.deepEqual([lineState.value, socket.readyState, next.readyState], ["live", 3, 1]);
  socket.onclose();
  assert.equal(lineState.value, "live", "the end of the old one is not the end of the line");
  closeLine();
  mock.timers.reset();
});

test("a line that gave way to other tabs is not opened again by itself", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const socket = await live();
  socket.hears({ t: "goodbye", reason: "too-many-connections" });
  socket.onclose();
  const known = sockets.length;
  mock.timers.tick(600_000);
  dispatchEvent(new Event("online"));
  await settled();
  assert.deepEqual([lineState.value, sockets.length], ["ended", known]);
  closeLine();
  mock.timers.reset();
});

test("a line that is closed while it is lost is not opened again", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const socket = await live();
  socket.onclose();
  assert.equal(lineState.value, "lost");
  closeLine();
  const known = sockets.length;
  mock.timers.tick(60_000);
  await settled();
  assert.deepEqual([lineState.value, sockets.length], ["off", known]);
  mock.timers.reset();
});

test("pauses grow up to half a minute, each with chance in it", () => {
  assert.ok(pauseAfter(1, 0) < pauseAfter(1, 1) && pauseAfter(30, 1) <= 30_000 && pauseAfter(8, 0) > pauseAfter(1, 1));
});
