/** What can be undone for some seconds, and is done all the same by whoever leaves meanwhile. */
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { makePage, tokens } from "./page.js";

makePage({ session: { "sportello.refresh": "r" } });
const { signOut, startSession, token } = await import("../../web/desk/session/session.js");
const { isWaiting, soon, undo } = await import("../../web/desk/conversation/acts/later.js");

/** @type {[string, boolean][]} */
const done = [];
const begin = (id) => soon(id, async (last) => { await token(); done.push([id, last]); }, () => undefined);

beforeEach(async () => {
  done.length = 0;
  sessionStorage.setItem("sportello.refresh", "r");
  globalThis.fetch = async () => tokens();
  await startSession({ sign_in: "https://login.example", client_id: "c" });
});

test("it is done in some seconds, unless it is undone", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  begin("c1");
  begin("c2");
  assert.ok(undo("c1"));
  mock.timers.tick(5_000);
  mock.timers.reset();
  await token();
  assert.deepEqual(done, [["c2", false]]);
  assert.ok(!isWaiting("c2"));
});

test("who signs out within these seconds has it done while it is known who they are", async () => {
  begin("c1");
  begin("c2");
  await signOut();
  assert.deepEqual(done, [["c1", true], ["c2", true]]);
});

test("what cannot be done in the end keeps nobody signed in", async () => {
  soon("c1", () => Promise.reject(new Error("no line")), () => undefined);
  await signOut();
  assert.equal(sessionStorage.getItem("sportello.refresh"), null);
});
