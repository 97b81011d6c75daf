/** A text as it is compared with what somebody typed: accents and capitals do not matter. @param {string} text */
export const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
