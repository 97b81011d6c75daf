/** Why a message was not sent, to whom wrote it. */
import { Problem } from "../../api/problem.js";
import { moment, size } from "../../language/formats.js";
import { isSaid, t } from "../../language/words.js";

/** @typedef {import("./outbox_items.js").Item} Item */

/** @param {Item} item */
export function refusalType(item) {
  return item.refusal ? new Problem(item.refusal.status, item.refusal.document).type : "";
}

/** @param {Item} item */
export function refusalWords(item) {
  if (!item.refusal) return "";
  const { status, document } = item.refusal;
  const type = refusalType(item);
  if (type === "beyond-the-channel") return beyond(item, document);
  if (type === "file-not-taken") return fileNotTaken(item, document);
  if (type === "reply-window-closed" && document.until)
    return t("write.outbox.window_closed", { since: moment(document.until, Date.now()) });
  return new Problem(status, document).words;
}

/** Whether its files could leave as links instead. @param {Item} item */
export const couldBeLinks = (item) =>
  refusalType(item) === "beyond-the-channel" && item.files.length > 0 && !item.content.as_link
  && pointerOf(item.refusal?.document).startsWith("/media_ids");

/** @param {Record<string, any> | undefined} document */
const pointerOf = (document) => String(document?.errors?.[0]?.pointer ?? "");

/** @param {Item} item @param {Record<string, any>} document */
function fileOf(item, document) {
  return item.files[Number(pointerOf(document).split("/")[2])]?.name ?? t("write.outbox.a_file");
}

/** @param {Item} item @param {Record<string, any>} document */
function beyond(item, document) {
  const pointer = pointerOf(document);
  const { limit } = document;
  if (pointer.startsWith("/media_ids")) {
    const name = fileOf(item, document);
    return limit ? t("write.outbox.file_too_large", { name, most: size(limit) }) : t("write.outbox.file_of_no_type", { name });
  }
  if (pointer.startsWith("/buttons") && limit) {
    return t(pointer.endsWith("/title") ? "write.outbox.button_too_long" : "write.outbox.too_many_buttons", { most: limit });
  }
  return t("problem.beyond-the-channel");
}

/** @param {Item} item @param {Record<string, any>} document */
function fileNotTaken(item, document) {
  const key = `write.file.reason.${document.reason}`;
  return t("write.outbox.file_not_taken", { name: fileOf(item, document), why: t(isSaid(key) ? key : "write.file.reason.unknown") });
}
