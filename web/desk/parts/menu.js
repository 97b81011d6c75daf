/** A button that opens a list of acts: arrows move, Escape closes and returns to the button. */
import { html } from "htm/preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

/**
 * @typedef {{label: any, act: () => void, checked?: boolean, disabled?: boolean, key?: string}} Choice
 */

/**
 * `children` are what stands in the button, `name` what it is called where that is no text;
 * `menuName` is what the list is called where that differs.
 *
 * @param {{choices: Choice[], children?: any, name?: string, menuName?: string, buttonClass?: string, place?: string}} props
 */
export function Menu({ choices, children, name, menuName = name, buttonClass = "", place = "" }) {
  const [isOpen, setOpen] = useState(false);
  const anchor = useRef(/** @type {HTMLElement | null} */ (null));
  const id = useId();

  useEffect(() => {
    if (!isOpen) return undefined;
    items(anchor.current)[0]?.focus();
    const outside = (/** @type {Event} */ event) => {
      if (!anchor.current?.contains(/** @type {Node} */ (event.target))) setOpen(false);
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [isOpen]);

  const close = () => {
    setOpen(false);
    anchor.current?.querySelector("button")?.focus();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (!isOpen) return;
    if (event.key === "Escape") close();
    else if (event.key === "Tab") setOpen(false);
    else if (!moveFocus(items(anchor.current), event.key)) return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  };
  return html`
    <span class="menu-anchor" ref=${anchor} onKeyDown=${onKeyDown}>
      <button type="button" class=${buttonClass} aria-haspopup="menu" aria-expanded=${isOpen}
        aria-controls=${isOpen ? id : undefined} aria-label=${name} onClick=${() => setOpen(!isOpen)}>
        ${children}
      </button>
      ${isOpen && html`
        <div class="menu ${place}" role="menu" id=${id} aria-label=${menuName}>
          ${choices.map((choice) => html`
            <button type="button" tabindex="-1" key=${choice.key ?? choice.label}
              role=${choice.checked === undefined ? "menuitem" : "menuitemradio"}
              aria-checked=${choice.checked} disabled=${choice.disabled}
              onClick=${() => { close(); choice.act(); }}>
              ${choice.label}
            </button>`)}
        </div>`}
    </span>`;
}

/** @param {HTMLElement | null} within @returns {HTMLButtonElement[]} */
function items(within) {
  return [...(within?.querySelectorAll(/** @type {"button"} */ ("[role^=menuitem]:not(:disabled)")) ?? [])];
}

/** @param {HTMLElement[]} among @param {string} key whether the key moves within a list */
export function moveFocus(among, key) {
  const at = among.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: among.length - 1 }[key];
  if (to === undefined || !among.length) return false;
  among[(to + among.length) % among.length]?.focus();
  return true;
}
