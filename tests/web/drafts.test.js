/** What was begun elsewhere is offered, and never written over; what was sent elsewhere does not come back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { reconcile, saving } from "../../web/desk/composer/drafts/draft_rules.js";

const local = (text = "", kept = "", version = 0) => ({ text, kept, version });

for (const [what, here, there, verdict] of /** @type {const} */ ([
  ["nothing here and nothing there", local(), { text: "", version: 0 }, "same"],
  ["an empty field takes what was begun elsewhere", local(), { text: "Gentile", version: 2 }, "take"],
  ["what stands here as it was kept gives way to what is newer", local("Gen", "Gen", 1), { text: "Gentile", version: 2 }, "take"],
  ["what was typed here since is kept, and the other offered", local("Ciao", "Gen", 1), { text: "Gentile", version: 2 }, "offer"],
  ["what was only typed here is no other's", local("Ciao"), { text: "", version: 0 }, "keep"],
  ["typed here while another began elsewhere", local("Ciao"), { text: "Gentile", version: 1 }, "offer"],
  ["the same words on both screens", local("Gentile", "Gen", 1), { text: "Gentile", version: 2 }, "take"],
  ["sent elsewhere, and nothing new here", local("", "Gen", 1), { text: "", version: 0 }, "take"],
  ["sent elsewhere, and the same still here", local("Gen", "Gen", 1), { text: "", version: 0 }, "take"],
  ["sent elsewhere, while something else stands here", local("Gentile", "Gen", 1), { text: "", version: 0 }, "keep"],
  ["emptied here, and written on elsewhere", local("", "Gen", 1), { text: "Gentile", version: 2 }, "offer"],
  ["nothing new anywhere", local("Gen", "Gen", 1), { text: "Gen", version: 1 }, "same"],
  ["typed on here alone", local("Gentile", "Gen", 1), { text: "Gen", version: 1 }, "keep"],
])) test(what, () => assert.equal(reconcile(here, there), verdict));

test("only what changed is said to the desk, and only over the version that is known", () => {
  assert.deepEqual(saving(local("Ciao")), { method: "PUT", etag: '"0"' });
  assert.deepEqual(saving(local("Ciao", "Cia", 3)), { method: "PUT", etag: '"3"' });
  assert.deepEqual(saving(local("", "Cia", 3)), { method: "DELETE", etag: '"3"' });
  assert.equal(saving(local("Ciao", "Ciao", 3)).method, null);
  assert.equal(saving(local("", "", 0)).method, null);
  assert.equal(saving(local("x".repeat(16_385))).method, null);
});
