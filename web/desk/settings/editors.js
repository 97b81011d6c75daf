/**
 * The settings in the order in which they are told, and what each is edited with.
 *
 * `at` is the place in the address, `part` what is loaded for its page; a kind without one
 * is edited as it is written.
 */

/** @typedef {{at: string, kind?: string, part?: import("../parts/later.js").Part, permission?: string}} Editor */
/** @typedef {{group: string, editors: Editor[]}} Group */

/** @type {Group[]} */
export const GROUPS = [
  { group: "hours", editors: [
    { at: "hours", kind: "opening_hours", part: { load: () => import("./hours/hours_page.js"), rooms: [] } },
  ] },
  { group: "people", editors: [
    { at: "queues", kind: "queues", part: { load: () => import("./queues/queues_page.js"), rooms: [] } },
    { at: "agents", part: { load: () => import("./agents/agents_page.js"), rooms: [] }, permission: "read_agents" },
    { at: "routing", kind: "routing", part: { load: () => import("./queues/rules_page.js"), rooms: [] } },
    { at: "agent_endpoints", kind: "agent_endpoints" },
    { at: "teams", kind: "teams" },
  ] },
  { group: "bot", editors: [
    { at: "faq", kind: "faq", part: { load: () => import("./faq/faq_page.js"), rooms: ["content"] } },
    { at: "bot", kind: "bot" },
  ] },
  { group: "words", editors: [
    { at: "texts", kind: "texts", part: { load: () => import("./texts/texts_page.js"), rooms: ["content"] } },
    { at: "canned", kind: "canned_replies", part: { load: () => import("./canned/canned_page.js"), rooms: ["content"] } },
    { at: "tags", kind: "tags", part: { load: () => import("./tags/tags_page.js"), rooms: ["content"] } },
    { at: "message_templates", kind: "message_templates" },
  ] },
  { group: "targets", editors: [
    { at: "targets", kind: "sla_policies", part: { load: () => import("./targets/targets_page.js"), rooms: ["content"] } },
  ] },
  { group: "widget", editors: [
    { at: "widget", kind: "widget", part: { load: () => import("./widget/widget_page.js"), rooms: ["content"] } },
  ] },
  { group: "systems", editors: [
    { at: "subscriptions", kind: "subscriptions" },
  ] },
];

/** What an address shows: an editor of the list, or a kind of a later version by its name. @param {string} at @returns {Editor} */
export function editorAt(at) {
  const found = GROUPS.flatMap((group) => group.editors).find((editor) => editor.at === at || editor.kind === at);
  return found ?? { at, kind: at };
}
