/** Where the focus goes when what was pressed is gone, or stands elsewhere: never back to the top of the page. */

const REACHABLE = "button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), a[href]";

/**
 * For a container of lists whose lines have buttons that take them out: the focus goes to the line
 * that moves up, else to the one before it, else to what is left of the part.
 *
 * @param {MouseEvent} event
 */
export function keepFocus(event) {
  const pressed = event.target instanceof Element ? event.target.closest("button") : null;
  if (!pressed) return;
  const line = pressed.closest("li");
  const list = line?.parentElement;
  const index = line && list ? [...list.children].indexOf(line) : -1;
  const part = list?.closest("section, details") ?? pressed.closest("section, details");
  setTimeout(() => {
    if (pressed.isConnected || (document.activeElement && document.activeElement !== document.body)) return;
    const next = list?.isConnected ? list.children[Math.min(index, list.children.length - 1)] : undefined;
    reachableIn(next ?? part)?.focus();
  });
}

/** After an element of a list has moved: the same button, at its new place. @param {Element | null} list @param {number} index @param {string} name of the button */
export function followTo(list, index, name) {
  setTimeout(() => {
    const moved = list?.children[index];
    const same = moved?.querySelector(`button[data-act="${name}"]:not(:disabled)`);
    (same instanceof HTMLElement ? same : reachableIn(moved?.querySelector("[data-act]")?.parentElement))?.focus();
  });
}

/** @param {Element | null | undefined} within @returns {HTMLElement | null} */
function reachableIn(within) {
  return within?.querySelector(REACHABLE) ?? null;
}
