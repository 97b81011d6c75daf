/** Where something goes away that has the focus, the page has it then: the next Tab does not begin at the top. */
import { useEffect, useRef } from "preact/hooks";

/** For an element that may go while somebody is at it. @returns {{current: any}} */
export function useFocusKept() {
  const element = useRef(/** @type {any} */ (null));
  useEffect(() => () => {
    if (element.current?.contains(document.activeElement)) document.querySelector("main")?.focus({ preventScroll: true });
  }, []);
  return element;
}
