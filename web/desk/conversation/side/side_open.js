/** Whether the panel beside the conversation is open: kept on wide screens, closed at first on narrow ones. */
import { signal } from "@preact/signals";

const KEPT = "sportello.side";
const WIDE = "(min-width: 88em)";

/** Whether it lies over the conversation, as the style has it. */
export const covers = () => matchMedia("(max-width: 75em)").matches;

const isWide = () => matchMedia(WIDE).matches;

export const sideOpen = signal(isWide() && localStorage.getItem(KEPT) !== "closed");

export function toggleSide() {
  sideOpen.value = !sideOpen.value;
  if (isWide()) localStorage.setItem(KEPT, sideOpen.value ? "open" : "closed");
}
