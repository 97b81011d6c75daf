import assert from "node:assert/strict";
import { test } from "node:test";
import { makePage, settled, tokens } from "./page.js";

makePage({ session: { "sportello.refresh": "r" } });
const { startSession } = await import("../../web/desk/session/session.js");
const { AgentProfile } = await import("../../web/desk/settings/agents/agent_profile.js");

const PROFILE = { display_name: "Anna", queues: ["default"], endpoints: [] };

test("what is typed while a profile is being saved is a draft of what was saved, and not lost", async () => {
  let go = () => undefined;
  globalThis.fetch = async (url, { method } = {}) => {
    if (String(url).includes("/oauth2/")) return tokens();
    if (method !== "PUT") return Response.json({ version: 1, profile: PROFILE });
    return new Promise((resolve) => { go = () => resolve(Response.json({ version: 2, profile: { ...PROFILE, display_name: "Anna B" } })); });
  };
  await startSession({ sign_in: "https://login.example", client_id: "c" });
  const profile = new AgentProfile("anna");
  await profile.open();
  profile.put(["display_name"], "Anna B");
  const saved = profile.save();
  await settled();
  profile.put(["queues"], ["default", "orders"]);
  go();
  assert.equal(await saved, "saved");
  assert.deepEqual(profile.draft.value, { display_name: "Anna B", queues: ["default", "orders"] });
  assert.deepEqual([profile.base.value.version, profile.isChanged.value], [2, true]);
});

test("what is typed and no value keeps a draft from being saved until it is one, or its place is forgotten", async () => {
  globalThis.fetch = async () => Response.json({ version: 1, profile: PROFILE });
  const profile = new AgentProfile("bruno");
  await profile.open();
  profile.type(["capacity"], "ten", undefined);
  assert.deepEqual([profile.isFit, profile.typed(["capacity"]), profile.isChanged.value], [false, "ten", true]);
  profile.type(["capacity"], "10", 10);
  assert.deepEqual([profile.isFit, profile.draft.value.capacity], [true, 10]);
  profile.type(["hours", "mon"], "9-", undefined);
  profile.forget(["hours"]);
  assert.ok(profile.isFit);
});
