/**
 * The settings in the order in which they are told, and what each is edited with.
 *
 * `at` is the place in the address, `load` the module whose default is the page; a kind without one
 * is edited as it is written.
 */

/** @typedef {{at: string, kind?: string, load?: () => Promise<any>, room?: string, permission?: string}} Editor */
/** @typedef {{group: string, editors: Editor[]}} Group */

/** @type {Group[]} */
export const GROUPS = [
  { group: "hours", editors: [
    { at: "hours", kind: "opening_hours", load: () => import("./hours/hours_page.js") },
  ] },
  { group: "people", editors: [
    { at: "queues", kind: "queues", load: () => import("./queues/queues_page.js") },
    { at: "agents", load: () => import("./agents/agents_page.js"), permission: "read_agents" },
    { at: "routing", kind: "routing", load: () => import("./queues/rules_page.js") },
    { at: "agent_endpoints", kind: "agent_endpoints" },
    { at: "teams", kind: "teams" },
  ] },
  { group: "bot", editors: [
    { at: "faq", kind: "faq", load: () => import("./faq/faq_page.js"), room: "content" },
    { at: "bot", kind: "bot" },
  ] },
  { group: "words", editors: [
    { at: "texts", kind: "texts", load: () => import("./texts/texts_page.js"), room: "content" },
    { at: "canned", kind: "canned_replies", load: () => import("./canned/canned_page.js"), room: "content" },
    { at: "tags", kind: "tags", load: () => import("./tags/tags_page.js"), room: "content" },
    { at: "message_templates", kind: "message_templates" },
  ] },
  { group: "targets", editors: [
    { at: "targets", kind: "sla_policies", load: () => import("./targets/targets_page.js"), room: "content" },
  ] },
  { group: "widget", editors: [
    { at: "widget", kind: "widget", load: () => import("./widget/widget_page.js"), room: "content" },
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
