/** Tabs over one panel: arrows move between them, as the pattern of WAI-ARIA has it. */
import { html } from "htm/preact";
import { useRef } from "preact/hooks";

/**
 * @param {{name: string, tabs: {id: string, label: any}[], chosen: string, panel: string,
 *   onChoose: (id: string) => void}} props `panel` is the id of what they switch
 */
export function Tabs({ name, tabs, chosen, panel, onChoose }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = tabs.findIndex((tab) => tab.id === chosen);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    onChoose(next.id);
    /** @type {HTMLElement | undefined} */ (list.current?.children[tabs.indexOf(next)])?.focus();
  };
  return html`
    <div role="tablist" aria-label=${name} ref=${list} onKeyDown=${onKeyDown}>
      ${tabs.map((tab) => html`
        <button type="button" role="tab" key=${tab.id} aria-selected=${tab.id === chosen}
          aria-controls=${panel} tabindex=${tab.id === chosen ? 0 : -1} onClick=${() => onChoose(tab.id)}>
          ${tab.label}
        </button>`)}
    </div>`;
}
