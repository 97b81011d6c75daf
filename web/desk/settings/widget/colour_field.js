/** A colour on which text can be read: chosen or typed, judged at once, the nearest that passes at hand. */
import { html } from "htm/preact";
import { useRef } from "preact/hooks";
import { number } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { TextField, typed } from "../content/fields.js";
import { isColour, LEAST_CONTRAST, nearestReadable, textOn, WHITE } from "./contrast.js";

/** @param {{value: string, onChange: (colour: string) => void, wrong: string}} props */
export function ColourField({ value, onChange, wrong }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const fits = isColour(value);
  const takeNearest = () => {
    onChange(nearestReadable(value));
    field.current?.focus(); // the button goes with its reason
  };
  return html`
    <div class="colour-field">
      <div class="add-line">
        <input type="color" aria-label=${t("widget.colour.choose")} value=${fits ? value.toLowerCase() : "#000000"}
          onInput=${(/** @type {Event} */ event) => onChange(typed(event).toLowerCase())} />
        <${TextField} label=${t("widget.colour")} value=${value} inputRef=${field} spellcheck=${false}
          onChange=${(/** @type {string} */ text) => onChange(colourOf(text))}
          wrong=${fits ? (textOn(value).passes ? wrong : "") : t("widget.colour.wrong")} />
      </div>
      ${fits && html`<${Judged} colour=${value} onTakeNearest=${takeNearest} />`}
    </div>`;
}

/** `ABCDEF` and `#ABCDEF` are colours too, as people copy them. @param {string} text */
function colourOf(text) {
  const plain = text.trim().toLowerCase();
  return isColour(`#${plain}`) ? `#${plain}` : plain;
}

/** @param {{colour: string, onTakeNearest: () => void}} props */
function Judged({ colour, onTakeNearest }) {
  const { text, ratio, passes } = textOn(colour);
  const nearest = nearestReadable(colour);
  const values = { ratio: number(Math.floor(ratio * 100) / 100), least: number(LEAST_CONTRAST), text: t(text === WHITE ? "widget.white" : "widget.ink") };
  return html`
    <div class="judged" role="status">
      <span class="swatch" aria-hidden="true" style=${{ backgroundColor: colour, color: text }}>${t("widget.colour.sample")}</span>
      <span class=${passes ? "" : "trouble"}>${t(passes ? "widget.colour.passes" : "widget.colour.fails", values)}</span>
    </div>
    ${!passes && html`
      <div class="judged">
        <span class="swatch" style=${{ backgroundColor: nearest, color: textOn(nearest).text }}>${nearest}</span>
        <button type="button" onClick=${onTakeNearest}>${t("widget.colour.take", { colour: nearest })}</button>
      </div>`}`;
}
