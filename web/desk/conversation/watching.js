/** Who else has the conversation before their eyes, and who writes there. */
import { useEffect } from "preact/hooks";
import { signal } from "@preact/signals";
import { writersIn } from "../composer/typing.js";
import { now } from "../page/clock.js";
import { me } from "../person/me.js";
import { onFrame, onWelcome, say } from "../live/connection.js";

/** @typedef {{agent_id: string, until: string}} Present */
/** @typedef {{at: string, looking: Present[]}} Watched */

/** @type {import("@preact/signals").Signal<Watched>} */
const watched = signal({ at: "", looking: [] });

/** Tell that one looks as long as the page is seen, and hear of others. @param {string} id */
export function useWatching(id) {
  useEffect(() => {
    watched.value = { at: "", looking: [] };
    const tell = () => say({ t: "viewing", conversation_id: document.visibilityState === "visible" ? id : null });
    const stops = [
      onWelcome(tell),
      onFrame("viewing", (frame) => { if (frame.conversation_id === id) hearViewing(frame); }),
    ];
    document.addEventListener("visibilitychange", tell);
    tell();
    return () => {
      document.removeEventListener("visibilitychange", tell);
      stops.forEach((stop) => stop());
      say({ t: "viewing", conversation_id: null });
    };
  }, [id]);
}

/** @param {import("../live/connection.js").Frame} frame the newest counts */
function hearViewing({ at, agents }) {
  if (at >= watched.peek().at) watched.value = { at, looking: agents };
}

/** Colleagues who are there now: those who write, and the others who look. @param {string} id @returns {{looking: string[], writing: string[]}} */
export function present(id) {
  const writing = writersIn(id, now.value);
  const own = me.value?.agent_id ?? "";
  const look = watched.value.looking.filter((one) => new Date(one.until).getTime() > now.value).map((one) => one.agent_id);
  return { writing, looking: [...new Set(look)].filter((one) => one !== own && !writing.includes(one)) };
}
