/** The colours of the page, computed from the one place where they stand. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { contrast, LEAST_CONTRAST } from "../../web/desk/settings/widget/contrast.js";

const STYLE = new URL("../../web/desk/style/", import.meta.url);
const LEAST_OF_AN_EDGE = 3;
const SCHEMES = ["light", "dark"];
const TEXTS = ["ink", "ink-2", "ink-3", "accent", "due", "late", "ok"];
const GROUNDS = ["paper", "surface", "sunken", "accent-soft", "due-soft", "late-soft", "ok-soft", "note"];

const sheet = (name) => readFileSync(new URL(name, STYLE), "utf8").replace(/\/\*.*?\*\//gs, "");
const tokens = sheet("tokens.css");
const others = readdirSync(STYLE).filter((name) => name !== "tokens.css");
const colours = new Map([...tokens.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, ...each]) => [name, each]));

/** What cannot be told apart well enough. @param {[string, string][]} pairs @param {number} least */
function tooClose(pairs, least) {
  return pairs.flatMap(([one, ground]) => SCHEMES.map((scheme, at) => [scheme, contrast(colours.get(one)[at], colours.get(ground)[at])])
    .filter(([, ratio]) => ratio < least)
    .map(([scheme, ratio]) => `${one} on ${ground}, ${scheme}: ${ratio.toFixed(2)}`));
}

/** Texts with a ground of their own: what a rule of a sheet writes in one colour on another. */
const written = others.flatMap((name) => [...sheet(name).matchAll(/\{([^{}]*)\}/g)]).flatMap(([, rule]) => {
  const text = /(?:^|[\s;])color: var\(--([\w-]+)\)/.exec(rule)?.[1];
  const ground = /background: var\(--([\w-]+)\)/.exec(rule)?.[1];
  return text && ground ? [[text, ground]] : [];
});

test("every text can be read on every ground, by day and by night", () => {
  assert.deepEqual(tooClose(TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground])), LEAST_CONTRAST), []);
});

test("what is written on a colour can be read on it", () => {
  assert.ok(written.some(([text, ground]) => text === "on-accent" && ground === "accent"));
  assert.deepEqual(tooClose(written, LEAST_CONTRAST), []);
});

test("what one writes into shows its edge on every ground", () => {
  assert.deepEqual(tooClose(GROUNDS.map((ground) => ["edge", ground]), LEAST_OF_AN_EDGE), []);
});

test("no text has a colour that is judged nowhere", () => {
  const used = others.flatMap((name) => [...sheet(name).matchAll(/(?:^|[\s;{])color: var\(--([\w-]+)\)/g)].map(([, colour]) => colour));
  const judged = new Set([...TEXTS, ...written.map(([text]) => text)]);
  assert.deepEqual([...new Set(used)].filter((colour) => !judged.has(colour)), []);
});

test("a colour stands among the tokens and nowhere else, and every token is used", () => {
  for (const name of others) assert.deepEqual(sheet(name).match(/#[0-9a-f]{3,8}\b(?![^{]*\{)|\b(?:rgb|hsl|oklch)a?\(/gi) ?? [], [], name);
  const all = tokens + others.map(sheet).join("");
  const unused = [...tokens.matchAll(/--([\w-]+):/g)].map(([, name]) => name).filter((name) => !all.includes(`var(--${name})`));
  assert.deepEqual(unused, []);
});
