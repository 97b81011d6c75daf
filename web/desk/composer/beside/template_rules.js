/** A template with its places filled in, as the customer reads it. */

/** @param {string} body @param {Record<string, string>} values what is missing stays as it is written */
export const filled = (body, values) =>
  body.replace(/\{\{\s*(\w+)\s*\}\}/gu, (whole, name) => values[name]?.trim() || whole);

/** Whether a provider takes it at a place: one line, without tabs and without many spaces. @param {string} value */
export const fitsPlace = (value) => value.trim().length > 0 && !/[\n\r\t]| {5,}/u.test(value.trim());
