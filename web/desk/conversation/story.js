/** A conversation's story as pages of it arrive: each entry once, in order, as it is by now. */

/** @typedef {import("../api/shapes.d.ts").Entry} Entry */
/** @typedef {import("../api/shapes.d.ts").Page} Page */
/** @typedef {{entries: readonly Entry[], older: Page["older"], sequence: number}} Story */

/** @param {Page} page @returns {Story} */
export const begun = (page) => ({ entries: page.entries, older: page.older, sequence: page.sequence });

/** The story with an earlier page before it. @param {Story} story @param {Page} page @returns {Story} */
export const withOlder = (story, page) => ({ ...story, entries: [...page.entries, ...story.entries], older: page.older });

/** The story with what came after it; a page that reaches no further adds nothing. @param {Story} story @param {Page} page @returns {Story} */
export function withNewer(story, page) {
  const entries = page.sequence > story.sequence ? [...story.entries, ...page.entries] : story.entries;
  return { ...story, entries: changed(entries, page.changed), sequence: Math.max(story.sequence, page.sequence) };
}

/** What became meanwhile of messages that are shown. @param {readonly Entry[]} entries @param {Page["changed"]} changes */
function changed(entries, changes) {
  if (!changes.length) return entries;
  const by = new Map(changes.map((change) => [change.effect_key, change.detail]));
  return entries.map((entry) => {
    const detail = by.get(entry.detail.effect_key);
    return detail ? { ...entry, detail: { ...entry.detail, ...detail } } : entry;
  });
}

/** The sequence of the customer's last message, or the story's, for what is settled over it. @param {Story} story */
export const seenUpTo = (story) => story.sequence;
