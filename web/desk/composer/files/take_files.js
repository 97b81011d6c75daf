/** Files that somebody chose, pasted or dropped: those that can be sent are begun, of others it is said why not. */
import { size } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { couldBeLink, fitOf, limitsOf, MOST_FILES, typeOf } from "./file_rules.js";
import { addFile, prepared } from "./uploads.js";

/** @typedef {import("../writing.js").Writing} Writing */
/** @typedef {import("../../api/shapes.d.ts").FileLimits} FileLimits */
/** @typedef {{words: string, asLink: (() => void) | null}} Refused a file that was left out, and how it could be sent all the same */

/**
 * @param {Writing} writing @param {File[]} files @param {Record<string, FileLimits> | null} media what the channel takes
 * @returns {Promise<Refused[]>}
 */
export async function takeFiles(writing, files, media) {
  const refused = [];
  for (const [number, chosen] of files.entries()) {
    if (writing.now.peek().files.length >= MOST_FILES)
      return [...refused, { words: t("write.files.too_many", { most: MOST_FILES, left: files.length - number }), asLink: null }];
    const file = await prepared(chosen);
    const fit = fitOf(typeOf(file), file.size, media);
    if (fit === "fits") addFile(writing, file, false);
    else refused.push(refusalOf(writing, file, fit, media));
  }
  return refused;
}

/** @param {Writing} writing @param {File} file @param {import("./file_rules.js").Fit} fit @param {Record<string, FileLimits> | null} media @returns {Refused} */
function refusalOf(writing, file, fit, media) {
  const most = media ? limitsOf(typeOf(file), media)?.max_bytes : undefined;
  return {
    words: t(`write.files.fit.${fit}`, { name: file.name, most: most ? size(most) : "" }),
    asLink: couldBeLink(fit) ? () => addFile(writing, file, true) : null,
  };
}
