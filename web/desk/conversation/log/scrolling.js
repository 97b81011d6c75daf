/** Keeps the place where somebody reads: at the end only who is there already, else where they are. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { signal } from "@preact/signals";

const AT_END_PX = 48;
const NEAR_TOP_PX = 240;

/**
 * @typedef {object} Scrolling
 * @property {{current: HTMLElement | null}} log
 * @property {{current: HTMLElement | null}} content
 * @property {import("@preact/signals").Signal<boolean>} atEnd
 * @property {import("@preact/signals").Signal<boolean>} atTop
 * @property {() => void} toEnd
 * @property {() => void} onScroll
 */

/** @param {string} first what names the first thing that is shown @param {unknown} shown what changes when something is added @param {() => void} onTop @returns {Scrolling} */
export function useScrolling(first, shown, onTop) {
  const log = useRef(/** @type {HTMLElement | null} */ (null));
  const content = useRef(/** @type {HTMLElement | null} */ (null));
  const atEnd = useRef(signal(true)).current;
  const atTop = useRef(signal(false)).current;
  const before = useRef({ first: "", height: 0, top: 0 });

  const remember = () => {
    const element = log.current;
    if (!element) return;
    Object.assign(before.current, { height: element.scrollHeight, top: element.scrollTop });
    atTop.value = element.scrollTop < NEAR_TOP_PX;
  };
  const toEnd = () => {
    const element = log.current;
    if (!element) return;
    element.scrollTop = element.scrollHeight;
    atEnd.value = true;
    remember();
  };
  useLayoutEffect(() => {
    const element = log.current;
    if (!element) return;
    const { first: was, height, top } = before.current;
    if (!was) begin(element);
    else if (atEnd.peek()) element.scrollTop = element.scrollHeight;
    else if (was !== first) element.scrollTop = element.scrollHeight - (height - top);
    before.current.first = first;
    atEnd.value = isAtEnd(element);
    remember();
  }, [first, shown]);
  useEffect(() => {
    if (!log.current || !content.current) return undefined;
    const observer = new ResizeObserver(() => { if (atEnd.peek()) toEnd(); });
    observer.observe(log.current);
    observer.observe(content.current);
    return () => observer.disconnect();
  }, []);
  const onScroll = () => {
    const element = log.current;
    if (!element) return;
    const isUp = element.scrollTop < before.current.top;
    atEnd.value = isAtEnd(element);
    remember();
    if (isUp && element.scrollTop < NEAR_TOP_PX) onTop();
  };
  return { log, content, atEnd, atTop, toEnd, onScroll };
}

/** At the line of what is new if it would be out of sight, else at the end. @param {HTMLElement} element */
function begin(element) {
  element.scrollTop = element.scrollHeight;
  const line = element.querySelector(".unread-line");
  if (line instanceof HTMLElement && line.offsetTop < element.scrollTop) element.scrollTop = line.offsetTop - AT_END_PX;
}

/** @param {HTMLElement} element */
const isAtEnd = (element) => element.scrollHeight - element.scrollTop - element.clientHeight < AT_END_PX;
