/** How tags are called, and what may be one. Pure. */

/** @typedef {{tags: Record<string, {title?: Record<string, string>, colour?: string}>, free: boolean}} TagSettings */

export const MOST_TAGS = 20;

/** @param {TagSettings | null} settings @param {string} tag @param {string} language */
export const tagTitle = (settings, tag, language) => settings?.tags[tag]?.title?.[language] || tag;

/** Letters, digits and strokes, and no long number: tags stay in the log for good. @param {string} tag */
export const isTag = (tag) => /^[a-z0-9][a-z0-9_-]{0,63}$/.test(tag) && !/\d{5}/.test(tag);
