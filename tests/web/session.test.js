import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { makePage, settled, tokens } from "./page.js";

makePage({ session: { "sportello.refresh": "r" } });
const session = await import("../../web/desk/session/session.js");
const { keep, keeper, kept } = await import("../../web/desk/composer/sending/kept.js");
const { me } = await import("../../web/desk/person/me.js");
const { sessionState, signInTrouble, startSession, token, dropToken, signOut, goOn, NotSignedIn } = session;

const ISSUER = { sign_in: "https://login.example", client_id: "c" };
const answers = (answer) => { globalThis.fetch = async () => answer(); };
const noLine = () => { throw new TypeError("no line"); };
const status = (code) => () => new Response("{}", { status: code });

beforeEach(async () => {
  sessionStorage.setItem("sportello.refresh", "r");
  sessionState.value = "starting";
  answers(tokens);
  dropToken();
});

test("without a line, or while Cognito is busy, nobody is signed out", async () => {
  await startSession(ISSUER);
  for (const answer of [noLine, status(429), status(403), status(503)]) {
    dropToken();
    answers(answer);
    await assert.rejects(token(), TypeError);
    assert.equal(sessionState.value, "in");
  }
  answers(tokens);
  assert.ok(await token());
});

test("a session that cannot be renewed has ended, and what was written stays", async () => {
  await startSession(ISSUER);
  me.value = { agent_id: "anna", permissions: [] };
  keep("writing.c1.reply", { text: "Buongiorno" });
  dropToken();
  answers(status(400));
  await assert.rejects(token(), NotSignedIn);
  assert.deepEqual([sessionState.value, keeper.value, kept("writing.c1.reply").text], ["ended", "anna", "Buongiorno"]);
});

test("who signs out leaves nothing on the machine, also where the session had ended before", async () => {
  for (const ends of [false, true]) {
    sessionStorage.setItem("sportello.refresh", "r");
    sessionState.value = "starting";
    answers(tokens);
    await startSession(ISSUER);
    keep("writing.c1.reply", { text: "Buongiorno" });
    if (ends) {
      dropToken();
      answers(status(400));
      await token().catch(() => undefined);
    }
    await signOut();
    assert.deepEqual(Object.keys(localStorage), []);
  }
});

test("who signs out while a token is renewed stays signed out", async () => {
  await startSession(ISSUER);
  dropToken();
  let go = () => undefined;
  globalThis.fetch = (url) => (String(url).endsWith("/token") ? new Promise((resolve) => { go = () => resolve(tokens()); }) : Promise.resolve(new Response("")));
  const renewal = token();
  await settled();
  await signOut();
  go();
  await assert.rejects(renewal, NotSignedIn);
  assert.equal(sessionState.value, "out");
});

test("a page that is loaded without a line says so, and goes on with the session once there is one", async () => {
  answers(noLine);
  await startSession(ISSUER);
  assert.deepEqual([sessionState.value, signInTrouble.value], ["out", "sign_in.no_line"]);
  assert.equal(sessionStorage.getItem("sportello.refresh"), "r");
  answers(tokens);
  await goOn("it");
  assert.deepEqual([sessionState.value, signInTrouble.value, location.assigned.includes("authorize")], ["in", "", false]);
});
