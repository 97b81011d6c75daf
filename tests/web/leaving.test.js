import assert from "node:assert/strict";
import { test } from "node:test";
import { makePage, settled, tokens } from "./page.js";

makePage({ session: { "sportello.refresh": "r" } });
Object.defineProperty(globalThis, "navigator", { value: { languages: ["en"] }, configurable: true });
const { startSession } = await import("../../web/desk/session/session.js");
const { me } = await import("../../web/desk/person/me.js");
const { kept } = await import("../../web/desk/composer/sending/kept.js");
const { outbox, put, withdraw } = await import("../../web/desk/composer/outbox.js");

const sent = [];
globalThis.fetch = async (url, { headers, keepalive } = {}) => {
  if (String(url).includes("/oauth2/")) return tokens();
  sent.push({ url: String(url), key: headers["Idempotency-Key"], keepalive });
  return Response.json({ effect_key: "reply:1", status: "queued", unseen: [] }, { status: 202 });
};

test("what could still be taken back leaves with the page, and cannot be taken back when it was only hidden", async () => {
  await startSession({ sign_in: "https://login.example", client_id: "c" });
  me.value = { agent_id: "anna", permissions: [] };
  const later = Date.now() + 5_000;
  put({ id: "m1", conversation_id: "c1", kind: "reply", at: 1, content: { text: "Buongiorno" }, not_before: later });
  put({ id: "m2", conversation_id: "c1", kind: "reply", at: 2, content: { text: "Arriva domani" }, not_before: later });
  await settled();
  assert.deepEqual(sent, []);
  dispatchEvent(new Event("pagehide"));
  assert.deepEqual([kept("outbox.m1").uncertain, kept("outbox.m1").not_before], [true, 0], "a page that comes back sends it under its key");
  assert.deepEqual(outbox.value.map((one) => one.uncertain), [true, false], "its successor stays behind it");
  await settled();
  assert.deepEqual(sent[0], { url: "/conversations/c1/replies", key: "m1", keepalive: true });
  assert.deepEqual([...new Set(sent.map((one) => one.key))], ["m1"]);
  assert.ok(await withdraw("m2"));
});
