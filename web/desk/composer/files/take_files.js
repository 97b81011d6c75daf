/** Files that somebody chose, pasted or dropped: those that can be sent are begun, of others it is said why not. */
import { tellTrouble } from "../../frame/messages.js";
import { size } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { couldBeLink, fitOf, limitsOf, MOST_FILES, typeOf } from "./file_rules.js";
import { addFile, prepared } from "./uploads.js";

/** @typedef {import("../writing.js").Writing} Writing */
/** @typedef {import("../../api/shapes.d.ts").FileLimits} FileLimits */

/** @param {Writing} writing @param {File[]} files @param {Record<string, FileLimits> | null} media what the channel takes */
export async function takeFiles(writing, files, media) {
  for (const [number, chosen] of files.entries()) {
    if (writing.now.peek().files.length >= MOST_FILES) {
      tellTrouble(t("write.files.too_many", { most: MOST_FILES, left: files.length - number }));
      return;
    }
    const file = await prepared(chosen);
    const fit = fitOf(typeOf(file), file.size, media);
    if (fit === "fits") addFile(writing, file, false);
    else refuse(writing, file, fit, media);
  }
}

/** @param {Writing} writing @param {File} file @param {import("./file_rules.js").Fit} fit @param {Record<string, FileLimits> | null} media */
function refuse(writing, file, fit, media) {
  const most = media ? limitsOf(typeOf(file), media)?.max_bytes : undefined;
  const words = t(`write.files.fit.${fit}`, { name: file.name, most: most ? size(most) : "" });
  tellTrouble(words, couldBeLink(fit)
    ? { label: t("write.files.send_as_link"), act: () => addFile(writing, file, true) }
    : undefined);
}
