import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { contrast, INK, LEAST_CONTRAST, luminance, nearestReadable, textOn, WHITE } from "../../web/desk/settings/widget/contrast.js";

const VECTORS = new URL("../vectors/contrast.json", import.meta.url);

test("luminance goes from black to white, and green weighs most", () => {
  assert.equal(luminance("#000000"), 0);
  assert.ok(Math.abs(luminance(WHITE) - 1) < 1e-12);
  assert.ok(luminance("#00ff00") > luminance("#ff0000"));
  assert.ok(luminance("#ff0000") > luminance("#0000ff"));
});

test("contrast is that of WCAG, whichever colour comes first", () => {
  assert.equal(contrast("#000000", WHITE).toFixed(2), "21.00");
  assert.equal(contrast(WHITE, "#777777").toFixed(2), "4.48");
  assert.equal(contrast("#767676", WHITE).toFixed(2), "4.54");
  assert.equal(contrast("#ABCDEF", "#abcdef"), 1);
});

test("text on a dark colour is white, on a light one ink", () => {
  assert.deepEqual(textOn("#0d5c58").text, WHITE);
  assert.deepEqual(textOn("#f0b550").text, INK);
  assert.ok(textOn("#0d5c58").passes && textOn("#f0b550").passes);
});

test("a colour in the middle passes with neither, and the nearest one that does is told", () => {
  const middle = "#7a7a7a";
  assert.equal(textOn(middle).passes, false);
  const nearest = nearestReadable(middle);
  assert.ok(textOn(nearest).passes);
  assert.equal(nearest, "#767676");
});

test("one that passes is its own nearest", () => {
  assert.equal(nearestReadable("#0F766E"), "#0f766e");
});

test("whatever the colour, the nearest passes, and is another one only where the colour does not", () => {
  for (let value = 0; value < 0x1000000; value += 5_003) {
    const colour = `#${value.toString(16).padStart(6, "0")}`;
    const nearest = nearestReadable(colour);
    assert.ok(textOn(nearest).ratio >= LEAST_CONTRAST, `${colour} -> ${nearest}`);
    assert.equal(nearest === colour, textOn(colour).passes);
  }
});

test("the page judges a colour as the API does", () => {
  const vectors = JSON.parse(readFileSync(VECTORS, "utf-8"));
  assert.deepEqual([vectors.white, vectors.ink, vectors.least_contrast], [WHITE, INK, LEAST_CONTRAST]);
  for (const each of vectors.colours) {
    assert.ok(Math.abs(luminance(each.colour) - each.luminance) < 0.0001, each.colour);
    assert.ok(Math.abs(contrast(each.colour, WHITE) - each.on_white) < 0.001, each.colour);
    assert.ok(Math.abs(contrast(each.colour, INK) - each.on_ink) < 0.001, each.colour);
    assert.equal(textOn(each.colour).passes ? textOn(each.colour).text : null, each.text, each.colour);
    assert.equal(nearestReadable(each.colour), each.nearest, each.colour);
  }
});
