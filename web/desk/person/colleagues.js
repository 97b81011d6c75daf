/** The people of the desk by their ids: names for owners, authors and mentions. */
import { signal } from "@preact/signals";
import { read } from "../api/api.js";
import { t } from "../language/words.js";
import { may, me } from "./me.js";

/** @typedef {import("../api/shapes.d.ts").Colleague} Colleague */

const MOST_PAGES = 40;

/** @type {import("@preact/signals").Signal<Map<string, Colleague>>} */
export const colleagues = signal(new Map());

export async function loadColleagues() {
  if (!may("read_agents")) return;
  /** @type {Map<string, Colleague>} */
  const all = new Map();
  let cursor;
  for (let page = 0; page < MOST_PAGES && cursor !== null; page += 1) {
    const answer = await read("/agents", { limit: 50, cursor });
    for (const agent of answer.agents) all.set(agent.agent_id, agent);
    cursor = answer.next;
    colleagues.value = new Map(all);
  }
}

/** How a person is called: their name, "you", or what can be said of somebody unknown. @param {string | null | undefined} id */
export function nameOf(id) {
  if (!id) return t("somebody");
  if (id === me.value?.agent_id) return t("you");
  return colleagues.value.get(id)?.display_name || t("colleague", { id: id.slice(0, 8) });
}
