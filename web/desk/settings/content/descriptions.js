/** Changes of content in words: things that come and go by what they are called, not as they are written. */
import { languageName } from "../../language/formats.js";
import { isSaid, t } from "../../language/words.js";
import { at, steps } from "../documents/pointers.js";

/** @typedef {import("../documents/changes/change_words.js").Change} Change */
/** @typedef {import("../documents/changes/change_words.js").Describe} Describe */

/**
 * `name` is what a whole thing is called that came or went at a path, null where the path leads to none.
 *
 * @param {(path: string[], value: any) => string | null} name @returns {Describe}
 */
function describeThings(name) {
  return (change, { before }) => {
    const path = steps(change.path);
    if (change.op === "replace") return null;
    const value = change.op === "add" ? change.value : change.was ?? at(before, path);
    const called = name(path, value);
    if (called === null) return null;
    return t(change.op === "add" ? "content.change.added" : "content.change.removed", { name: called });
  };
}

/** @type {Describe} */
export const describeTags = describeThings(([list, name, ...rest]) => (list === "tags" && name && !rest.length ? name : null));

/** @type {Describe} */
export const describeSites = describeThings(([list, name, ...rest]) => (list === "sites" && name && !rest.length ? name : null));

/** @type {Describe} */
export const describePolicies = describeThings(([list, place, field, kind, ...rest], value) => {
  if (list !== "policies" || rest.length) return null;
  if (place !== undefined && field === undefined) return value?.name ?? null;
  return field === "targets" && kind ? t(`clock_kind.${kind}`) : null;
});

/** @type {Describe} */
export const describeCanned = describeThings(([list, name, ...rest], value) =>
  ((list === "replies" || list === "macros") && name && !rest.length ? value?.title || name : null));

const describeEntries = describeThings(([list, language, place, ...rest], value) =>
  (list === "entries" && language && place !== undefined && !rest.length && value?.id
    ? t("content.in_language", { what: value.questions?.[0] ?? value.id, language: languageName(language) }) : null));

/** @type {Describe} */
export const describeFaq = (change, documents) => {
  const [list, language, ...rest] = steps(change.path);
  if (list !== "entries" || !language || rest.length) return describeEntries(change, documents);
  if (change.op === "remove") return t("faq.packaged_again", { language: languageName(language) });
  return t("faq.change.own", { language: languageName(language), count: change.value?.length ?? 0 });
};

/** @type {Describe} */
export const describeTexts = (change) => {
  const [list, language, name, ...rest] = steps(change.path);
  if (list !== "texts" || !language || rest.length) return null;
  if (name !== undefined) return textWords(language, name, change.op === "remove" ? null : change.value);
  const named = change.op === "remove" ? change.was : change.value;
  if (!named || typeof named !== "object") return null;
  return Object.entries(named)
    .map(([one, wording]) => textWords(language, one, change.op === "remove" ? null : /** @type {string} */ (wording))).join(" ");
};

/** @param {string} language @param {string} name @param {string | null} wording null: as delivered again */
function textWords(language, name, wording) {
  const title = t("content.in_language", { what: isSaid(`text.${name}`) ? t(`text.${name}`) : name, language: languageName(language) });
  return wording === null ? t("texts.change.packaged", { title }) : t("texts.change.own", { title, wording });
}
