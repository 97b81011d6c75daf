/** A conversation's story as pages of it arrive: each entry once, in order, as it is by now. */

/** @typedef {import("../api/shapes.d.ts").Entry} Entry */
/** @typedef {import("../api/shapes.d.ts").Page} Page */
/** @typedef {{entries: readonly Entry[], older: Page["older"], sequence: number}} Story */

/** What names a message; empty for what only happened. @param {Entry} entry @returns {string} */
export function nameOfEntry({ type, detail }) {
  if (type === "MessageReceived" || type === "ItemNoted") return `item:${detail.item_id}`;
  return type === "MessageQueued" || type === "NoteWritten" ? `effect:${detail.effect_key}` : "";
}

/** @param {Page} page @returns {Story} */
export const begun = (page) => ({ entries: inOrder(page.entries), older: page.older, sequence: page.sequence });

/** The story with an earlier page before it. @param {Story} story @param {Page} page @returns {Story} */
export const withOlder = (story, page) => ({
  ...story, entries: inOrder([...unknownTo(story.entries, page.entries), ...story.entries]), older: page.older,
});

/** The story with what came after it; a page that reaches no further adds nothing. @param {Story} story @param {Page} page @returns {Story} */
export function withNewer(story, page) {
  const entries = page.sequence > story.sequence
    ? inOrder([...story.entries, ...unknownTo(story.entries, page.entries)]) : story.entries;
  return { ...story, entries: changed(entries, page.changed), sequence: Math.max(story.sequence, page.sequence) };
}

/** What was said in one second may be told in another order than it was said in. @param {readonly Entry[]} entries */
function inOrder(entries) {
  // A desk of an earlier version tells no places: its pages are taken as they come.
  if (entries.some((entry) => !entry.place)) return entries;
  return [...entries].sort((one, other) => (one.place < other.place ? -1 : Number(one.place > other.place)));
}

/** @param {readonly Entry[]} known @param {readonly Entry[]} entries messages that are shown already are left out */
function unknownTo(known, entries) {
  const names = new Set(known.map(nameOfEntry).filter(Boolean));
  return entries.filter((entry) => !names.has(nameOfEntry(entry)));
}

/** What became meanwhile of messages that are shown. @param {readonly Entry[]} entries @param {Page["changed"]} changes */
function changed(entries, changes) {
  if (!changes.length) return entries;
  const by = new Map(changes.map((change) => [`effect:${change.effect_key}`, change.detail]));
  return entries.map((entry) => {
    const detail = by.get(nameOfEntry(entry));
    return detail ? { ...entry, detail: { ...withoutOutcome(entry.detail), ...detail } } : entry;
  });
}

/** A message that is accepted in the end is not refused or doubtful any more. @param {Record<string, any>} detail */
function withoutOutcome({ reason, words, possible, doubtful, error_code, ...rest }) {
  void [reason, words, possible, doubtful, error_code];
  return rest;
}

/** A story with those of conversations that moved into it: by time, each in its own order. @param {readonly Entry[]} entries @param {readonly (readonly Entry[])[]} branches */
export const withBranches = (entries, branches) => branches.reduce(merged, entries);

/** @param {readonly Entry[]} entries @param {readonly Entry[]} others */
function merged(entries, others) {
  /** @type {Entry[]} */
  const all = [];
  let next = 0;
  for (const entry of entries) {
    for (; next < others.length && earlier(others[next], entry); next += 1) all.push(/** @type {Entry} */ (others[next]));
    all.push(entry);
  }
  return [...all, ...others.slice(next)];
}

/** @param {Entry | undefined} one @param {Entry} other */
const earlier = (one, other) => !!one && new Date(one.at).getTime() <= new Date(other.at).getTime();
