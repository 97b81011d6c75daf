/** From what stands in the field to a message on its way, or why not. */
import { serverTime } from "../../page/clock.js";
import { me } from "../../person/me.js";
import { t } from "../../language/words.js";
import { choices } from "../choices.js";
import { save } from "../drafts/drafts.js";
import { MOST_BYTES } from "../files/file_rules.js";
import { uploads } from "../files/uploads.js";
import { mentioned, MOST_MENTIONS, openGaps } from "../insert/completion.js";
import { lint } from "../lint/lint.js";
import { lengthOf } from "../lint/text_splitting.js";
import { put } from "../outbox.js";
import { isPast, withinSeconds } from "../beside/promise_rules.js";

/** @typedef {import("../writing.js").Writing} Writing */
/** @typedef {import("../../api/shapes.d.ts").LintRules} LintRules */
/** @typedef {import("../lint/lint.js").Finding} Finding */
/** @typedef {{blocked: string} | {ask: Finding[]} | {sent: true} | {nothing: true}} Outcome */

const UNDO_MS = 5_000;

/** The longest text that the desk takes. @param {import("./outbox_items.js").Kind} kind */
export function longest(kind) {
  const limits = me.value?.settings.limits;
  return kind === "note" ? limits?.note_characters ?? 4_000 : limits?.reply_characters ?? 16_384;
}

/** Send what stands in the field, or say why not. @param {Writing} writing @param {LintRules | null} rules @param {boolean} all the same, whatever was found in it @returns {Outcome} */
export function send(writing, rules, all = false) {
  if (writing.isEmpty) return { nothing: true };
  const blocked = blockedBy(writing, rules);
  if (blocked) return { blocked };
  const { text, files } = writing.now.peek();
  if (!all && rules && writing.kind === "reply") {
    const errors = lint(text.trim(), rules).filter((finding) => finding.severity === "error");
    if (errors.length) return { ask: errors };
  }
  const now = Date.now();
  const isKept = put({
    id: crypto.randomUUID(), conversation_id: writing.conversationId, kind: writing.kind, at: now,
    content: contentOf(writing), files: files.map(({ file_id, name, size, media_id }) => ({ file_id, name, size, media_id })),
    seen_up_to: writing.now.peek().seen_up_to, draft_version: writing.now.peek().version || null,
    not_before: choices.peek().undo ? now + UNDO_MS : 0,
  });
  if (!isKept) return { blocked: t("write.send.not_kept") };
  writing.clear();
  return { sent: true };
}

/** Send a template, which has its own words. @param {string} conversationId @param {{name: string, language: string, parameters: Record<string, string>}} template @param {string} text as its customer reads it @param {number | undefined} seenUpTo */
export const sendTemplate = (conversationId, template, text, seenUpTo) => put({
  id: crypto.randomUUID(), conversation_id: conversationId, kind: "reply", at: Date.now(),
  content: { text: "", template, shown: text }, seen_up_to: seenUpTo ?? null,
});

/** What has to be mended first, in words. @param {Writing} writing @param {LintRules | null} rules */
function blockedBy(writing, rules) {
  const { text, gaps, buttons, promise, files } = writing.now.peek();
  const open = openGaps(text, gaps);
  if (open.length) return t("write.send.gaps", { gaps: open.join(", ") });
  const most = longest(writing.kind);
  if (lengthOf(text.trim(), "code_point") > most) return t("write.send.too_long", { most });
  if (writing.kind === "note") return "";
  const titles = buttons.map((title) => title.trim()).filter(Boolean);
  if (titles.length && !text.trim()) return t("write.send.buttons_need_text");
  if (new Set(titles).size < titles.length) return t("write.send.buttons_alike");
  if (rules && titles.some((title) => lengthOf(title, rules.text_unit) > rules.button_title_limit))
    return t("write.outbox.button_too_long", { most: rules.button_title_limit });
  if (files.some((file) => !file.media_id && uploads.peek().get(file.file_id)?.state !== "running"))
    return t("write.send.file_missing");
  if (files.reduce((sum, file) => sum + file.size, 0) > MOST_BYTES) return t("write.files.too_large_together");
  if (promise && isPast(promise, serverTime())) return t("write.send.promise_past");
  return "";
}

/** @param {Writing} writing @returns {import("./outbox_items.js").Content} */
function contentOf(writing) {
  const { text, buttons, promise, mentions, files } = writing.now.peek();
  if (writing.kind === "note") return { text: text.trim(), mentions: mentioned(text, mentions).slice(0, MOST_MENTIONS) };
  const titles = buttons.map((title) => title.trim()).filter(Boolean);
  return {
    text: text.trim(),
    ...(titles.length ? { buttons: titles.map((title, number) => ({ id: `choice-${number + 1}`, title })) } : {}),
    ...(promise ? { promise: { within_seconds: withinSeconds(promise, serverTime()) } } : {}),
    ...(files.some((file) => file.as_link) ? { as_link: true } : {}),
  };
}

/** Leave the field: what stands in it is saved at once. @param {Writing} writing @param {boolean} [leaving] */
export const rest = (writing, leaving = false) => void save(writing, leaving);
