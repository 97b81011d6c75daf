import assert from "node:assert/strict";
import { test } from "node:test";
import { openOffers } from "../../web/desk/inbox/open_offers.js";

const NOW = Date.parse("2026-03-04T10:00:00Z");
const SOON = "2026-03-04T10:00:30Z";

const row = (changed = {}) => ({
  conversation_id: "c1", channel: "whatsapp", name: "Giulia", queue: "default", priority: "normal",
  owner: { kind: "queue", name: "default" }, last_words: { text: "Pacco?" }, offer: null, ...changed,
});
const rung = (changed = {}) => ({
  offerId: "o1", conversationId: "c1", channel: "whatsapp", name: "Giulia", words: "Pacco?",
  expiresAt: SOON, ...changed,
});
const told = (changed = {}) => ({ agentId: "anna", rows: [], own: [], rung: [], over: new Set(), at: NOW, ...changed });
const among = (rows) => (id) => rows.find((one) => one.conversation_id === id);
const open = (changed) => openOffers(told(changed), among(changed.rows ?? [])).map((offer) => offer.offerId);

test("an offer to this agent alone is put before them by its row", () => {
  assert.deepEqual(open({ rows: [row({ offer: { offer_id: "o1", agent_id: "anna", expires_at: SOON } })] }), ["o1"]);
  assert.deepEqual(open({ rows: [row({ offer: { offer_id: "o1", agent_id: "marco", expires_at: SOON } })] }), []);
});

test("a tier's offer is put before whoever it rang, and nobody else who sees the row", () => {
  const rows = [row({ offer: { offer_id: "o1", agent_id: null, expires_at: SOON } })];
  assert.deepEqual(open({ rows, rung: [rung()] }), ["o1"]);
  assert.deepEqual(open({ rows }), []);
});

test("the same offer told three times is one", () => {
  const rows = [row({ offer: { offer_id: "o1", agent_id: "anna", expires_at: SOON } })];
  const own = [{ offer_id: "o1", conversation_id: "c1", channel: "whatsapp", queue: "default", priority: "normal", expires_at: SOON }];
  assert.deepEqual(open({ rows, own, rung: [rung()] }), ["o1"]);
});

test("an offer ends with its time, with its answer, and when somebody else has the conversation", () => {
  assert.deepEqual(open({ rung: [rung({ expiresAt: "2026-03-04T10:00:00Z" })] }), []);
  assert.deepEqual(open({ rung: [rung()], over: new Set(["o1"]) }), []);
  assert.deepEqual(open({ rung: [rung()], rows: [row({ owner: { kind: "agent", name: "marco" } })] }), []);
  assert.deepEqual(open({ rung: [rung()], rows: [row({ offer: { offer_id: "o2", agent_id: null, expires_at: SOON } })] }), []);
});

test("the offer that ends first is asked first", () => {
  assert.deepEqual(open({ rung: [rung(), rung({ offerId: "o2", conversationId: "c2", expiresAt: "2026-03-04T10:00:10Z" })] }), ["o2", "o1"]);
});
