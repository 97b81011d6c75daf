/** A wording with places in it: buttons put them where the cursor is, what would be refused is told at once. */
import { html } from "htm/preact";
import { useRef } from "preact/hooks";
import { t } from "../../language/words.js";
import { TextField } from "../content/fields.js";
import { LONGEST_WORDING, PLACEHOLDERS, spokenWording, wordingFault } from "./placeholders.js";

/** @param {{label: string, value: string, onChange: (wording: string) => void, wrong?: string, lang?: string, business: string, rows?: number}} props */
export function WordingField({ label, value, onChange, wrong, lang, business, rows = 4 }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const insert = (/** @type {string} */ name) => {
    const shown = field.current;
    const [from, to] = [shown?.selectionStart ?? value.length, shown?.selectionEnd ?? value.length];
    const placed = `{${name}}`;
    onChange(value.slice(0, from) + placed + value.slice(to));
    // The cursor goes behind it once the field has the new words.
    setTimeout(() => { shown?.focus(); shown?.setSelectionRange(from + placed.length, from + placed.length); }, 0);
  };
  const fault = wordingFault(value);
  return html`
    <div class="wording">
      <${TextField} label=${label} value=${value} onChange=${onChange} rows=${rows} lang=${lang} most=${LONGEST_WORDING} inputRef=${field}
        wrong=${fault ? faultWords(fault) : wrong} />
      <div class="buttons places" role="group" aria-label=${t("canned.places", { what: label })}>
        <span class="muted" aria-hidden="true">${t("content.insert")}</span>
        ${PLACEHOLDERS.map((name) => html`<button type="button" key=${name} onClick=${() => insert(name)}>${t(`place.${name}`)}</button>`)}
      </div>
      ${value.trim() && !fault && html`
        <div class="preview"><span class="label">${t("canned.preview")}</span>
          <p class="said-by-us" lang=${lang}>${spokenWording(value, samples(business))}</p></div>`}
    </div>`;
}

/** @param {import("./placeholders.js").Fault} fault */
function faultWords(fault) {
  if (fault.kind === "brace") return t("canned.brace");
  return t("canned.unknown_place", { name: `{${fault.name}}`, allowed: PLACEHOLDERS.map((one) => `{${one}}`).join(", ") });
}

/** @param {string} business */
function samples(business) {
  return {
    customer_name: t("canned.sample.customer"), customer_first_name: t("canned.sample.customer").split(" ")[0] ?? "",
    agent_name: t("canned.sample.agent"), business_name: business || t("canned.sample.business"),
  };
}
