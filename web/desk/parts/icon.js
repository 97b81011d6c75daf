/** The few marks of the desk, drawn for it. Each stands beside a text or in something named. */
import { html } from "htm/preact";

const PATHS = {
  inbox: "M4 13l3-8h10l3 8v6H4zM4 13h5l1 2h4l1-2h5",
  clock: "M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16M12 7v5l3 2",
  chart: "M4 19V9M10 19V5M16 19v-7M21 19H3",
  search: "M11 5a6 6 0 1 0 0 12a6 6 0 0 0 0-12M20 20l-4.5-4.5",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
  close: "M6 6l12 12M18 6L6 18",
  back: "M14 6l-6 6 6 6",
  more: "M5 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0M11 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0M17 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0",
  clip: "M8 12l6-6a3 3 0 0 1 4 4l-8 8a5 5 0 0 1-7-7l7-7",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 4M15 9h.01",
  place: "M12 21s6-5.5 6-11a6 6 0 0 0-12 0c0 5.500 6 11 6 11M12 9h.01",
  bell: "M6 17V11a6 6 0 0 1 12 0v6l2 1H4zM10 21h4",
  down: "M12 5v14M6 13l6 6 6-6",
  people: "M9 5a3 3 0 1 0 0 6a3 3 0 0 0 0-6M3 20c0-4 3-6 6-6s6 2 6 6M16 6a3 3 0 0 1 0 5M18 14c2 1 3 3 3 6",
  key: "M4 6h16v12H4zM8 10h.01M12 10h.01M16 10h.01M8 14h8",
  check: "M5 13l4 4L19 7",
  quote: "M9 7c-3 1-4 3-4 6v4h5v-5H7M19 7c-3 1-4 3-4 6v4h5v-5h-3",
  note: "M5 4h14v11l-5 5H5zM14 20v-5h5",
  plus: "M12 5v14M5 12h14",
  sound: "M4 10v4h4l5 4V6l-5 4zM16 9c2 2 2 4 0 6",
};

/** @typedef {keyof typeof PATHS} Mark */

/** @param {{mark: Mark}} props */
export function Icon({ mark }) {
  return html`<svg class="icon-mark" viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[mark]} /></svg>`;
}
