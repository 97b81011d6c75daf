/** Lists: what is fetched behind them waits for the one that is looked at. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { makePage, settled, tokens } from "./page.js";

makePage({ session: { "sportello.refresh": "r" } });
const { startSession } = await import("../../web/desk/session/session.js");
const { firstListed, lookAt, refresh } = await import("../../web/desk/inbox/lists.js");

const page = () => Response.json({ rows: [], cursor: null });

test("what is wanted less waits for the list that is looked at, and not for another", async () => {
  globalThis.fetch = async () => tokens();
  await startSession({ sign_in: "https://login.example", client_id: "c", api: "https://api.example/v1" });
  let answer = () => undefined, isListed = false;
  void firstListed.then(() => { isListed = true; });
  globalThis.fetch = async (address) =>
    String(address).includes("view=waiting") ? new Promise((resolve) => { answer = () => resolve(page()); }) : page();
  void lookAt("waiting");
  await refresh("mine");
  await settled();
  assert.equal(isListed, false);
  answer();
  await settled();
  assert.equal(isListed, true);
});
