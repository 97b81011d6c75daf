/** Who is at work, in the order in which a supervisor looks for them. */

/** @typedef {import("../../api/shapes.d.ts").Colleague} Colleague */

const ORDER = ["available", "busy", "away", "offline"];

/** @param {readonly Colleague[]} people @param {(person: Colleague) => string} calledAs @returns {Colleague[]} */
export function inOrder(people, calledAs) {
  return [...people].sort((one, other) =>
    ORDER.indexOf(one.presence) - ORDER.indexOf(other.presence)
    || calledAs(one).localeCompare(calledAs(other))
    || (one.agent_id < other.agent_id ? -1 : 1));
}

/** How full somebody is, in hundredths of the bar and as a colour. @param {{load: number, capacity: number}} of */
export function fullness({ load, capacity }) {
  const share = capacity > 0 ? load / capacity : load > 0 ? 1 : 0;
  return { width: Math.round(Math.min(1, Math.max(0, share)) * 100), kind: share > 1 ? "late" : share >= 1 ? "due" : "ok" };
}

/** How many are at work and how full they are together. @param {readonly Colleague[]} people */
export function together(people) {
  const there = people.filter((one) => one.presence !== "offline");
  return {
    atWork: there.length,
    available: there.filter((one) => one.presence === "available").length,
    load: there.reduce((sum, one) => sum + one.load, 0),
    capacity: there.reduce((sum, one) => sum + one.capacity, 0),
  };
}
