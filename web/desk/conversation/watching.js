/** Who else has the conversation before their eyes, and who writes there. */
import { useEffect } from "preact/hooks";
import { signal } from "@preact/signals";
import { now } from "../page/clock.js";
import { me } from "../person/me.js";
import { onFrame, onWelcome, say } from "../live/connection.js";

/** @typedef {{agent_id: string, until: string}} Present */
/** @typedef {{at: string, looking: Present[], writing: Map<string, string>}} Watched */

/** @type {import("@preact/signals").Signal<Watched>} */
const watched = signal({ at: "", looking: [], writing: new Map() });

/** Tell that one looks as long as the page is seen, and hear of others. @param {string} id */
export function useWatching(id) {
  useEffect(() => {
    watched.value = { at: "", looking: [], writing: new Map() };
    const tell = () => say({ t: "viewing", conversation_id: document.visibilityState === "visible" ? id : null });
    const stops = [
      onWelcome(tell),
      onFrame("viewing", (frame) => { if (frame.conversation_id === id) hearViewing(frame); }),
      onFrame("typing", (frame) => { if (frame.conversation_id === id) hearTyping(frame); }),
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
  const before = watched.peek();
  if (at >= before.at) watched.value = { ...before, at, looking: agents };
}

/** @param {import("../live/connection.js").Frame} frame */
function hearTyping({ agent_id, until }) {
  const before = watched.peek();
  watched.value = { ...before, writing: new Map(before.writing).set(agent_id, until) };
}

/** Colleagues who are there now: those who write, and the others who look. @returns {{looking: string[], writing: string[]}} */
export function present() {
  return presentAt(watched.value, now.value, me.value?.agent_id ?? "");
}

/** @param {Watched} at @param {number} moment @param {string} own */
export function presentAt({ looking, writing }, moment, own) {
  const still = (/** @type {string} */ until) => new Date(until).getTime() > moment;
  const others = (/** @type {string[]} */ ids) => [...new Set(ids)].filter((id) => id !== own);
  const write = others([...writing].filter(([, until]) => still(until)).map(([id]) => id));
  const look = others(looking.filter((one) => still(one.until)).map((one) => one.agent_id));
  return { writing: write, looking: look.filter((id) => !write.includes(id)) };
}
