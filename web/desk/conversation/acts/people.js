/** Colleagues by name, those who are there and have room first. Pure. */
import { folded } from "../../composer/insert/completion.js";

/** @typedef {import("../../api/shapes.d.ts").Colleague} Colleague */

const ORDER = { available: 0, busy: 1, away: 2, offline: 3 };

/** @param {readonly Colleague[]} people @param {string} words @param {readonly string[]} except */
export function found(people, words, except) {
  const wanted = folded(words).split(/\s+/).filter(Boolean);
  return people
    .filter((one) => !except.includes(one.agent_id) && wanted.every((word) => folded(`${one.display_name} ${one.queues.join(" ")}`).includes(word)))
    .sort((one, other) => ORDER[one.presence] - ORDER[other.presence] || free(other) - free(one) || one.display_name.localeCompare(other.display_name));
}

/** @param {Colleague} one */
const free = (one) => one.capacity - one.load;
