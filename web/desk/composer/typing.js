/** Who writes in a conversation, said while they do. */
import { signal } from "@preact/signals";
import { me } from "../person/me.js";
import { onFrame, say } from "../live/connection.js";

const EACH_MS = 3_000;

/** Until when colleagues are believed to write: by conversation and agent. @type {import("@preact/signals").Signal<Map<string, Map<string, number>>>} */
const writers = signal(new Map());
/** @type {Map<string, number>} */
const said = new Map();

onFrame("typing", (frame) => {
  if (frame.agent_id === me.peek()?.agent_id) return;
  const there = new Map(writers.peek().get(frame.conversation_id)).set(frame.agent_id, new Date(frame.until).getTime());
  writers.value = new Map([...writers.peek()].slice(-50)).set(frame.conversation_id, there);
});

/** @param {string} conversationId @param {number} at milliseconds @returns {string[]} ids of colleagues */
export const writersIn = (conversationId, at) =>
  [...(writers.value.get(conversationId) ?? [])].filter(([, until]) => until > at).map(([agent]) => agent);

/** I write here; said at most each three seconds. @param {string} conversationId */
export function sayTyping(conversationId) {
  const now = Date.now();
  if (now - (said.get(conversationId) ?? 0) < EACH_MS) return;
  if (said.size > 50) said.clear();
  if (say({ t: "typing", conversation_id: conversationId })) said.set(conversationId, now);
}

/** I write no more. @param {string} conversationId */
export function sayDone(conversationId) {
  if (said.delete(conversationId)) say({ t: "typing", conversation_id: conversationId, on: false });
}
