/** Choices that stand under a reply, as many and as long as the channel takes them. */
import { html } from "htm/preact";
import { t } from "../../language/words.js";
import { Icon } from "../../parts/icon.js";
import { lengthOf } from "../lint/text_splitting.js";

/** @typedef {import("../../api/shapes.d.ts").LintRules} LintRules */

/** @param {{writing: import("../writing.js").Writing, rules: LintRules}} props */
export function QuickButtons({ writing, rules }) {
  const titles = writing.now.value.buttons;
  if (!titles.length) return null;
  const set = (/** @type {number} */ at, /** @type {string | null} */ to) => writing.change({
    buttons: to === null ? titles.filter((_, number) => number !== at) : titles.map((title, number) => (number === at ? to : title)),
  });
  return html`
    <fieldset class="quick-buttons">
      <legend>${t("write.buttons.title")}</legend>
      ${titles.map((title, number) => html`<${OneButton} key=${number} number=${number} title=${title}
        most=${rules.button_title_limit} unit=${rules.text_unit} onChange=${(/** @type {string | null} */ to) => set(number, to)} />`)}
      ${titles.length < rules.buttons && html`
        <button type="button" class="plain" onClick=${() => writing.change({ buttons: [...titles, ""] })}>
          <${Icon} mark="plus" />${t("write.buttons.add")}</button>`}
    </fieldset>`;
}

/** @param {{number: number, title: string, most: number, unit: LintRules["text_unit"], onChange: (to: string | null) => void}} props */
function OneButton({ number, title, most, unit, onChange }) {
  const length = lengthOf(title.trim(), unit);
  return html`
    <span class="quick-button">
      <input type="text" value=${title} aria-label=${t("write.buttons.one", { number: number + 1 })} maxlength="64"
        aria-invalid=${length > most ? "true" : undefined}
        onInput=${(/** @type {any} */ event) => onChange(event.currentTarget.value)} />
      <small class=${length > most ? "trouble" : "muted"}>${t("write.counter", { count: length, most })}</small>
      <button type="button" class="plain icon" aria-label=${t("write.buttons.remove", { number: number + 1 })}
        onClick=${() => onChange(null)}><${Icon} mark="close" /></button>
    </span>`;
}
