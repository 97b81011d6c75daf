/** What customers would hear of a draft: asked of the API a moment after the last change. */
import { useEffect, useState } from "preact/hooks";
import { act } from "../../api/api.js";
import { Problem, wordsOf } from "../../api/problem.js";
import { t } from "../../language/words.js";

/**
 * @typedef {{name: string, text: string, wording: string, is_own: boolean, packaged: string,
 *   placeholders: {name: string, sample: string}[]}} SpokenText
 */

const PAUSE_MS = 500;

/**
 * One text in one language and tone. What was heard before stays until the new comes, or trouble is told.
 *
 * @param {import("./wording.js").TextDocument} document @param {string} language @param {string} tone @param {string} name
 * @param {boolean} isUnfit nothing is asked of words that would be refused
 * @returns {{spoken: SpokenText | null, trouble: string, isOld: boolean}}
 */
export function useSpokenText(document, language, tone, name, isUnfit) {
  const [heard, setHeard] = useState(/** @type {{spoken: SpokenText | null, trouble: string, of: unknown}} */ ({ spoken: null, trouble: "", of: null }));
  useEffect(() => {
    if (isUnfit) return undefined;
    const stop = new AbortController();
    // What is already there is asked at once, what somebody is writing when they pause.
    const pause = setTimeout(() => {
      ask(document, language, tone, name, stop.signal).then(
        (spoken) => setHeard({ spoken, trouble: "", of: document }),
        (error) => { if (!stop.signal.aborted) setHeard((before) => ({ ...before, trouble: troubleOf(error), of: document })); });
    }, heard.of === null ? 0 : PAUSE_MS);
    return () => { clearTimeout(pause); stop.abort(); };
  }, [document, language, tone, name, isUnfit]);
  return { spoken: heard.spoken, trouble: isUnfit ? t("texts.preview.refused") : heard.trouble, isOld: heard.of !== document };
}

/** @param {any} document @param {string} language @param {string} tone @param {string} name @param {AbortSignal} signal @returns {Promise<SpokenText | null>} */
async function ask(document, language, tone, name, signal) {
  const { texts } = await act("/settings/texts/probe", { document, language, tone, name }, { repeatable: true, signal });
  return texts.find((/** @type {SpokenText} */ one) => one.name === name) ?? null;
}

/** @param {unknown} error */
function troubleOf(error) {
  if (error instanceof Problem && error.status === 404) return t("content.probe_not_there");
  return error instanceof Problem && error.status === 422 ? t("texts.preview.refused") : wordsOf(error);
}
