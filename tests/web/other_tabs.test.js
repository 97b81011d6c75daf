/** What another tab of the same agent has under way, and what becomes of it when that tab goes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { makePage, settled, tokens } from "./page.js";

makePage({ session: { "sportello.refresh": "r" } });
/** Locks as browsers have them: whoever asks waits until it is free. @type {Map<string, Promise<unknown>>} */
const held = new Map();
const locks = {
  async request(name, options, act = options) {
    if (options.ifAvailable && held.has(name)) return act(null);
    const mine = (held.get(name) ?? Promise.resolve()).then(() => act({ name }));
    held.set(name, mine);
    return mine.finally(() => { if (held.get(name) === mine) held.delete(name); });
  },
};
Object.defineProperty(globalThis, "navigator", { value: { languages: ["en"], locks }, configurable: true });
const { startSession } = await import("../../web/desk/session/session.js");
const { me } = await import("../../web/desk/person/me.js");
const { keep, kept } = await import("../../web/desk/composer/sending/kept.js");
const { outbox } = await import("../../web/desk/composer/outbox.js");
const { written } = await import("../../web/desk/composer/sending/outbox_items.js");

globalThis.fetch = async () => tokens();

/** A tab that lives until it is closed. @param {string} tab @returns {() => void} */
function openTab(tab) {
  let close = () => {};
  void locks.request(`sportello.tab.${tab}`, () => new Promise((resolve) => { close = () => resolve(undefined); }));
  return () => close();
}

/** The other tab keeps a message whose file it is sending. @param {string} id @param {string} tab */
function keepElsewhere(id, tab) {
  const file = { file_id: `f-${id}`, name: "a.png", size: 3, media_id: null };
  const item = written({ id, conversation_id: "c1", kind: "reply", at: 1, content: { text: "Ecco" }, files: [file], tab });
  keep(`outbox.${id}`, item);
  const heard = Object.assign(new Event("storage"), { key: `sportello.of.anna.outbox.${id}`, newValue: JSON.stringify(item) });
  dispatchEvent(heard);
}

test("files that another tab sends are on their way as long as it is there, and then they are not", async () => {
  await startSession({ sign_in: "https://login.example", client_id: "c" });
  me.value = { agent_id: "anna", permissions: [] };
  const close = openTab("other");
  await settled();
  keepElsewhere("m1", "other");
  keepElsewhere("m2", "other");
  await settled();
  assert.deepEqual(outbox.value.map((one) => one.state), ["waiting", "waiting"]);
  close();
  await settled();
  assert.deepEqual(outbox.value.map((one) => [one.state, one.refusal?.document.type]),
    [["refused", "file-not-uploaded"], ["refused", "file-not-uploaded"]]);
  assert.equal(kept("outbox.m1").state, "refused");
});

test("files of a tab that was gone before it was heard of are given up at once", async () => {
  keepElsewhere("m3", "gone");
  await settled();
  assert.equal(outbox.value.find((one) => one.id === "m3")?.state, "refused");
});
