/** A module of the page imports its own room and those below it; the levels stand in docs/conventions.md. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { test } from "node:test";

const DESK = new URL("../../web/desk/", import.meta.url).pathname;
const TABLE = readFileSync(new URL("../../docs/conventions.md", import.meta.url), "utf8").split("## The page")[1].split("\n## ")[0];
const ENTRY = "desk.js";

const levels = new Map([...TABLE.matchAll(/^\| (\d+) \| ([^|]+) \|/gm)].flatMap(([, level, rooms]) =>
  [...rooms.matchAll(/`(\w+)`/g)].map(([, room]) => [room, Number(level)])));

const modules = readdirSync(DESK, { recursive: true }).filter((file) => file.endsWith(".js"));
const roomOf = (file) => file.split("/")[0];

function* imports(file) {
  const source = readFileSync(join(DESK, file), "utf8");
  for (const [, name] of source.matchAll(/^(?:import|export)\s[^;]*?from\s+"(\.[^"]+)"/gm))
    yield relative(DESK, normalize(join(DESK, dirname(file), name)));
}

test("every room of the page has its level", () => {
  const rooms = new Set(modules.filter((file) => file.includes("/")).map(roomOf));
  assert.deepEqual([...rooms].sort(), [...levels.keys()].sort());
});

test("a module imports nothing of a room above its own", () => {
  const upwards = modules.filter((file) => file !== ENTRY).flatMap((file) => [...imports(file)]
    .filter((imported) => roomOf(imported) !== roomOf(file) && levels.get(roomOf(imported)) >= levels.get(roomOf(file)))
    .map((imported) => `${file} imports ${imported}`));
  assert.deepEqual(upwards, []);
});

test("no room of the page is crowded", () => {
  const folders = new Map();
  for (const file of modules) folders.set(dirname(file), (folders.get(dirname(file)) ?? 0) + 1);
  assert.deepEqual([...folders].filter(([, count]) => count > 15), []);
});
