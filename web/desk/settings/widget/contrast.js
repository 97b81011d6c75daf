/** Whether text can be read on a colour: contrast as WCAG 2 computes it, and the nearest colour that passes. */

export const LEAST_CONTRAST = 4.5;
export const WHITE = "#ffffff";
export const INK = "#1d1b17";

const COLOUR = /^#[0-9a-f]{6}$/i;
const STEPS = 255;

/** @param {string} text */
export const isColour = (text) => COLOUR.test(text);

/** @param {string} colour @returns {[number, number, number]} */
function channels(colour) {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** @param {readonly number[]} rgb */
const hex = (rgb) => `#${rgb.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;

/** @param {string} colour */
export function luminance(colour) {
  const [red, green, blue] = channels(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

/** @param {string} one @param {string} other 1 to 21 */
export function contrast(one, other) {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** The colour of text on a colour: white or ink, whichever can be read better. @param {string} colour */
export function textOn(colour) {
  const [white, ink] = [contrast(colour, WHITE), contrast(colour, INK)];
  const ratio = Math.max(white, ink);
  return { text: white >= ink ? WHITE : INK, ratio, passes: ratio >= LEAST_CONTRAST };
}

/**
 * The nearest colour on which text can be read: on the way to black or to white, whichever is less far, the
 * darker of two that are equally far. Of one that passes it is the colour itself.
 *
 * @param {string} colour
 */
export function nearestReadable(colour) {
  if (textOn(colour).passes) return colour.toLowerCase();
  const [darker, lighter] = [firstReadable(colour, 0), firstReadable(colour, STEPS)];
  return distance(colour, lighter) < distance(colour, darker) ? lighter : darker;
}

/** @param {string} colour @param {number} end each channel of where the way leads */
function firstReadable(colour, end) {
  for (let step = 1; step < STEPS; step += 1) {
    const mixed = hex(channels(colour).map((channel) => Math.floor(((STEPS - step) * channel + step * end) / STEPS + 0.5)));
    if (textOn(mixed).passes) return mixed;
  }
  return hex([end, end, end]);
}

/** @param {string} one @param {string} other squared */
function distance(one, other) {
  const there = channels(other);
  return channels(one).reduce((sum, channel, index) => sum + (channel - (there[index] ?? 0)) ** 2, 0);
}
