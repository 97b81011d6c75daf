/** Nothing is said that has no words, in each language the same, and nothing past the words. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";

globalThis.localStorage = { getItem: () => null, setItem: () => undefined };
const { languageFor, phrase, regionFor } = await import("../../web/desk/language/words.js");

const DESK = new URL("../../web/desk/", import.meta.url).pathname;
const SAME_EVERYWHERE = new Set(["Sportello"]);

const sources = (function walk(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((one) =>
    one.isDirectory() ? walk(join(folder, one.name)) : one.name.endsWith(".js") ? [join(folder, one.name)] : []);
})(DESK).filter((file) => !file.includes("/language/it/") && !file.includes("/language/en/"));

async function wordsIn(language) {
  const rooms = readdirSync(join(DESK, "language", language));
  const all = await Promise.all(rooms.map((room) => import(join(DESK, "language", language, room))));
  return Object.assign({}, ...all.map((module) => module.default));
}

const it = await wordsIn("it");
const en = await wordsIn("en");
const places = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

test("both languages have the same keys", () => {
  assert.deepEqual(Object.keys(it).sort(), Object.keys(en).sort());
});

test("both languages say the same values, and no text is empty", () => {
  for (const key of Object.keys(en)) {
    assert.ok(en[key].trim() && it[key].trim(), key);
    // Of one thing a language may say "one", or nothing.
    const said = (text) => new Set(places(text).filter((name) => !(key.endsWith(".one") && name === "count")));
    assert.deepEqual(said(it[key]), said(en[key]), key);
  }
});

test("a key stands in one room alone", () => {
  for (const language of ["it", "en"]) {
    const keys = readdirSync(join(DESK, "language", language)).flatMap((room) =>
      [...readFileSync(join(DESK, "language", language, room), "utf8").matchAll(/^\s+"([^"]+)":/gm)].map((match) => match[1]));
    assert.deepEqual(keys.filter((key, index) => keys.indexOf(key) !== index), []);
  }
});

test("every key that the page asks for has words", () => {
  for (const file of sources) {
    for (const [, key] of readFileSync(file, "utf8").matchAll(/\bt\(\s*"([^"]+)"/g)) {
      assert.ok(key in en || `${key}.other` in en, `${relative(DESK, file)} says ${key}`);
    }
  }
});

test("every text is asked for", () => {
  const code = sources.map((file) => readFileSync(file, "utf8")).join("\n");
  const begun = [...code.matchAll(/`([\w.-]+\.)\$\{/g)].map((match) => match[1]);
  const unused = Object.keys(en).filter((key) => {
    const plain = key.replace(/\.(one|other)$/, "");
    return !code.includes(`"${key}"`) && !begun.some((prefix) => key.startsWith(prefix)) && !beginnings(plain).some((one) => code.includes(`"${one}"`));
  });
  assert.deepEqual(unused, []);
});

/** A key and what it may have been put together from. */
function beginnings(key) {
  return [key, ...[...key.matchAll(/[._]/g)].map((match) => key.slice(0, match.index))].filter((one) => one === key || one.includes("."));
}

test("no template holds a text of its own", () => {
  for (const file of sources) {
    for (const text of textsIn(readFileSync(file, "utf8"))) {
      assert.ok(SAME_EVERYWHERE.has(text), `${relative(DESK, file)} says "${text}" in every language`);
    }
  }
});

/** Letters that stand in the templates of a source as text, outside of tags and values. */
function* textsIn(source) {
  for (const template of source.split("html`").slice(1)) {
    const own = ownText(template).replace(/<kbd[^>]*>[^<]*<\/kbd>/g, "").replace(/<[^>]*(>|$)/g, "\n");
    for (const line of own.split("\n")) if (/\p{L}{2}/u.test(line)) yield line.trim();
  }
}

/** What stands in a template itself, to its end; values are left out whole. */
function ownText(template) {
  let text = "";
  for (let at = 0; at < template.length && template[at] !== "`"; at += 1) {
    if (!template.startsWith("${", at)) { text += template[at]; continue; }
    let depth = 1;
    for (at += 2; at < template.length && depth; at += 1) {
      if (template[at] === "{") depth += 1;
      if (template[at] === "}") depth -= 1;
    }
    at -= 1;
  }
  return text;
}

test("the language is the one chosen, else the first of the browser's that there is, else English", () => {
  assert.equal(languageFor(["de-AT", "it-CH"], null), "it");
  assert.equal(languageFor(["it"], "en"), "en");
  assert.equal(languageFor(["de"], "xx"), "en");
});

test("times and figures are written as where the person lives", () => {
  assert.equal(regionFor(["fr", "en-US", "en-GB"], "en"), "en-US");
  assert.equal(regionFor(["it"], "en"), "en-GB");
  assert.equal(regionFor([], "it"), "it-IT");
});

test("a number chooses the form of its language and is written in it", () => {
  const words = { "wait.one": "{count} person", "wait.other": "{count} people" };
  assert.equal(phrase(words, "wait", { count: 1 }, "en"), "1 person");
  assert.equal(phrase(words, "wait", { count: 1200 }, "en"), "1,200 people");
});

test("a value that looks like a place is text", () => {
  assert.equal(phrase({ hello: "Hello {name}, {other}" }, "hello", { name: "{other}", other: "x" }, "en"), "Hello {other}, x");
});
