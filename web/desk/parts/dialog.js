/** A modal dialog: the browser's own, which holds the focus, closes by Escape and gives it back. */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../language/words.js";
import { Icon } from "./icon.js";

/** Whether somebody has written more than a word in it, which neither a click beside it nor one Escape is to throw away. @param {HTMLElement} dialog */
const isWrittenIn = (dialog) => [...dialog.querySelectorAll("textarea")].some((field) => field.value.trim() !== "");

/**
 * @param {{title: string, onClose: () => void, children?: any, wide?: boolean}} props
 */
export function Dialog({ title, onClose, children, wide = false }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const closer = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const shown = dialog.current;
    const before = document.activeElement;
    shown?.showModal();
    return () => {
      shown?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const outside = (/** @type {MouseEvent} */ event) => {
    const shown = dialog.current;
    if (shown && event.target === shown && !isWrittenIn(shown)) onClose();
  };
  const escape = (/** @type {Event} */ event) => {
    const shown = dialog.current;
    // Browsers let a dialog stay open once: the Escape after that closes it, whatever is said here.
    const stays = event.cancelable && shown && isWrittenIn(shown) && document.activeElement !== closer.current;
    event.preventDefault();
    if (stays) closer.current?.focus();
    else onClose();
  };
  return html`
    <dialog ref=${dialog} class=${wide ? "wide" : ""} aria-label=${title} onMouseDown=${outside} onCancel=${escape}>
      <div class="dialog-head">
        <h2>${title}</h2>
        <button type="button" class="plain icon" aria-label=${t("close")} ref=${closer} onClick=${onClose}>
          <${Icon} mark="close" />
        </button>
      </div>
      <div class="dialog-body">${children}</div>
    </dialog>`;
}
