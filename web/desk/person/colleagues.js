/** The people of the desk by their ids: names for owners, authors and mentions. */
import { signal } from "@preact/signals";
import { read } from "../api/api.js";
import { t } from "../language/words.js";
import { may, me } from "./me.js";

/** @typedef {import("../api/shapes.d.ts").Colleague} Colleague */

const MOST_PAGES = 40;
const AGAIN_MS = 30_000;

/** When they were read last, and who was not among them: nobody is looked for twice. */
let readAt = 0;
/** @type {Set<string>} */
const sought = new Set();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let looking;

/** @type {import("@preact/signals").Signal<Map<string, Colleague>>} */
export const colleagues = signal(new Map());

export async function loadColleagues() {
  if (!may("read_agents")) return;
  readAt = Date.now();
  let cursor;
  for (let page = 0; page < MOST_PAGES && cursor !== null; page += 1) {
    const answer = await read("/agents", { limit: 50, cursor });
    // Beside those of before: nobody is without a name until their page comes.
    colleagues.value = new Map([...colleagues.peek(), ...answer.agents.map((/** @type {Colleague} */ one) => [one.agent_id, one])]);
    cursor = answer.next;
  }
}

/** How a person is called: their name, "you", or what can be said of somebody unknown. @param {string | null | undefined} id */
export function nameOf(id) {
  if (!id) return t("somebody");
  if (id === me.value?.agent_id) return t("you");
  const known = colleagues.value.get(id);
  if (!known) lookFor(id);
  return known?.display_name || t("colleague", { id: id.slice(0, 8) });
}

/** How somebody is called among others, oneself too. @param {Pick<Colleague, "agent_id" | "display_name">} person */
export const calledAs = (person) => person.display_name || nameOf(person.agent_id);

/** Read them anew for somebody who came since. @param {string} id */
function lookFor(id) {
  if (sought.has(id)) return;
  sought.add(id);
  looking ??= setTimeout(() => {
    looking = undefined;
    if ([...sought].some((one) => !colleagues.peek().has(one))) void loadColleagues().catch(() => undefined);
  }, Math.max(0, readAt + AGAIN_MS - Date.now()));
}
