/** Links to files: fetched when they are wanted, and followed only where they lead somewhere. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { makePage, settled, tokens } from "./page.js";

makePage({ session: { "sportello.refresh": "r" } });
const { startSession } = await import("../../web/desk/session/session.js");
const { save } = await import("../../web/desk/conversation/files/links.js");

/** @type {string[]} */
const followed = [];
document.createElement = () => ({ href: "", click() { followed.push(this.href); } });

/** Links are signed one after the other; the bucket answers to each, and what is cached to no script. @param {number[]} statuses */
function bucket(...statuses) {
  let signed = 0;
  globalThis.fetch = async (url, options) => {
    if (String(url).includes("/oauth2/")) return tokens();
    if (String(url).startsWith("https://bucket.example/")) {
      if (options?.cache !== "no-store") throw new TypeError("what a picture left in the cache");
      const status = statuses.shift();
      if (status === undefined) throw new TypeError("no line");
      return new Response("what the bucket says", { status });
    }
    signed += 1;
    return Response.json({ url: `https://bucket.example/${signed}`, expires_at: "2099-01-01T00:00:00Z" });
  };
}

beforeEach(async () => {
  followed.length = 0;
  bucket();
  await startSession({ sign_in: "https://login.example", client_id: "c" });
  await settled();
});

test("a file that is there is saved", async () => {
  bucket(200);
  assert.equal(await save("c1", "there"), true);
  assert.deepEqual(followed, ["https://bucket.example/1"]);
});

test("a link that leads nowhere is signed anew", async () => {
  bucket(403, 200);
  assert.equal(await save("c1", "late"), true);
  assert.deepEqual(followed, ["https://bucket.example/2"]);
});

test("what is not there, and a line that is lost, leave the desk where it is", async () => {
  bucket(404, 404);
  assert.equal(await save("c1", "gone"), false);
  bucket();
  await assert.rejects(save("c1", "cut"), { status: 0 });
  assert.deepEqual(followed, []);
});
