/** How far a message of ours got, as a word under it. Pure. */

/** @typedef {import("../../api/shapes.d.ts").Entry} Entry */
/** @typedef {{key: string, isTrouble: boolean}} Delivery */

const ON_ITS_WAY = new Set(["queued", "sending"]);
const LEFT = new Set(["accepted", "sent"]);

/** @param {Entry} entry @returns {Delivery | null} */
export function deliveryOf({ type, detail }) {
  const { status } = detail;
  if (type !== "MessageQueued" || !status) return null;
  if (status === "refused" || status === "unknown" || status === "withdrawn")
    return { key: `delivery.${status}`, isTrouble: status !== "withdrawn" };
  if (ON_ITS_WAY.has(status)) return { key: "delivery.leaving", isTrouble: false };
  if (LEFT.has(status)) return { key: "delivery.sent", isTrouble: false };
  return { key: `delivery.${status}`, isTrouble: false };
}

/** Whose words an entry holds, which is how it looks. @param {Entry} entry @returns {"customer" | "agent" | "bot" | "note"} */
export function sideOf({ type, author }) {
  if (type === "NoteWritten") return "note";
  if (author === "customer") return "customer";
  return author === "agent" || author === "business" ? "agent" : "bot";
}
