/** What somebody typed that is no value yet: kept in the draft in a form that the API refuses, shown as typed. */

const SIGN = "?";

/** @param {string} text */
export const unread = (text) => SIGN + text;

/** @param {string} value as it stands in the draft */
export const asTyped = (value) => (value.startsWith(SIGN) ? value.slice(SIGN.length) : value);
