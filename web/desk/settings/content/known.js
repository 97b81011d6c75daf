/** What editors choose from: languages, queues, tags. Read when an editor opens, and kept meanwhile. */
import { signal } from "@preact/signals";
import { read } from "../../api/api.js";
import { CHANNELS, channelName } from "../../inbox/row_view.js";
import { LANGUAGES } from "../../language/words.js";
import { titleOfTag } from "../tags/names.js";

/**
 * `queues` and `tags` are null while nobody knows them.
 *
 * @typedef {{languages: string[], defaultLanguage: string, queues: string[] | null,
 *   tags: import("../tags/names.js").TagDocument | null, textNames: string[]}} Known
 */

/** @type {import("@preact/signals").Signal<Known>} */
export const known = signal({
  languages: [...LANGUAGES], defaultLanguage: "it", queues: null, tags: null, textNames: [],
});

/** Read them anew. What cannot be read stays as it was known. */
export async function loadKnown() {
  const [schema, texts, queues, tags] = await Promise.all(
    ["/settings/texts/schema", "/settings/texts", "/settings/queues", "/settings/tags"]
      .map((path) => read(path).catch(() => null)));
  const before = known.peek();
  const languages = /** @type {string[]} */ (schema?.properties?.default_language?.enum ?? before.languages);
  const defaultLanguage = texts?.document.default_language ?? before.defaultLanguage;
  known.value = {
    languages: [defaultLanguage, ...languages.filter((code) => code !== defaultLanguage)],
    defaultLanguage,
    queues: queues ? Object.keys(queues.document.queues) : before.queues,
    tags: tags?.document ?? before.tags,
    textNames: schema?.properties?.texts?.additionalProperties?.propertyNames?.enum ?? before.textNames,
  };
}

/** Languages to write in: those there are, and those that a document has besides. @param {Record<string, any>[]} written */
export function languagesWith(...written) {
  const others = written.flatMap((words) => Object.keys(words));
  return [...new Set([...known.value.languages, ...others])];
}

/** @typedef {{value: string, label: string}} Option */

/** Options of a fixed list. @param {readonly string[]} values @param {(value: string) => string} say @returns {Option[]} */
export const optionsOf = (values, say) => values.map((value) => ({ value, label: say(value) }));

/** @returns {Option[]} */
export const channelOptions = () => CHANNELS.map((value) => ({ value, label: channelName(value) }));

/** @returns {Option[]} */
export const queueOptions = () => (known.value.queues ?? []).map((value) => ({ value, label: value }));

/** @param {string} language @returns {Option[]} */
export function tagOptions(language) {
  const { tags } = known.value;
  return tags ? Object.keys(tags.tags).map((value) => ({ value, label: titleOfTag(tags, value, language) })) : [];
}
