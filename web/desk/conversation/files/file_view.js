/** A file of a message, in whatever state it is. */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem, wordsOf } from "../../api/problem.js";
import { tellTrouble } from "../../page/messages.js";
import { isSaid, t } from "../../language/words.js";
import { Icon } from "../../parts/icon.js";
import { Download, nameOf } from "./download.js";
import { fetchAgain, linkTo } from "./links.js";
import { Picture } from "./picture.js";
import { Recording } from "./recording.js";
import { LOOKS_SECONDS, shownAs } from "./sizes.js";

/**
 * @typedef {{media_id: string, kind?: string, state: string, reason?: string, mime_type?: string, size_bytes?: number | null,
 *   file_name?: string, seconds?: number, width?: number | null, height?: number | null}} File
 */

/** @param {{id: string, file: File, form?: string}} props `id` is the conversation's */
export function FileView({ id, file, form = "" }) {
  const [found, look] = useFile(id, file);
  switch (found.state) {
    case "stored": return html`<${Stored} id=${id} file=${found} form=${form} />`;
    case "pending": return html`<${Pending} file=${found} look=${look} />`;
    case "failed": return html`<${Failed} id=${id} file=${found} look=${look} />`;
    default: return html`
      <p class="file lost"><${Icon} mark="file" /><span>${nameOf(found)}: ${t("file.refused", { why: why(found) })}</span></p>`;
  }
}

/**
 * The file as it is by now: what is still being fetched is looked for some times, and then by hand.
 *
 * @param {string} id @param {File} file @returns {[File, () => void]}
 */
function useFile(id, file) {
  const [now, setNow] = useState(file);
  const [round, setRound] = useState(0);
  useEffect(() => setNow((before) => before.state === "stored" && file.state === "pending" ? before : file), [file]);
  useEffect(() => {
    if (now.state !== "pending") return undefined;
    let left = [...LOOKS_SECONDS];
    let isOver = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const look = async () => {
      const seen = await stateOf(id, file);
      if (isOver) return;
      if (seen.state !== "pending") setNow(seen);
      else later();
    };
    const later = () => {
      const [seconds, ...rest] = left;
      left = rest;
      if (seconds !== undefined) timer = setTimeout(() => void look(), seconds * 1000);
    };
    if (round > 0) void look();
    else later();
    return () => { isOver = true; clearTimeout(timer); };
  }, [now.state, round, id, file.media_id]);
  return [now, () => { setNow((before) => ({ ...before, state: "pending" })); setRound(round + 1); }];
}

/** @param {string} id @param {File} file @returns {Promise<File>} */
async function stateOf(id, file) {
  try {
    const { mime_type, size_bytes, width, height } = await linkTo(id, file.media_id);
    return { ...file, state: "stored", mime_type, size_bytes, width, height };
  } catch (error) {
    const told = error instanceof Problem ? error.document : {};
    return told.state ? { ...file, state: told.state, reason: told.reason } : file;
  }
}

/** @param {{id: string, file: File, form: string}} props */
function Stored({ id, file, form }) {
  const kind = shownAs(file);
  if (kind === "image") return html`<${Picture} id=${id} file=${file} />`;
  if (kind === "audio" || kind === "video") return html`<${Recording} id=${id} file=${file} kind=${kind} form=${form} />`;
  return html`<${Download} id=${id} file=${file} />`;
}

/** @param {{file: File, look: () => void}} props */
function Pending({ file, look }) {
  return html`
    <p class="file"><${Icon} mark="clock" /><span>${nameOf(file)}: ${t("file.pending")}
      <button type="button" class="link" onClick=${look}>${t("file.look")}</button></span></p>`;
}

/** @param {{id: string, file: File, look: () => void}} props */
function Failed({ id, file, look }) {
  const asked = useRef(false);
  const again = () => {
    if (asked.current) return;
    asked.current = true;
    fetchAgain(id, file.media_id)
      .then(look, (error) => tellTrouble(wordsOf(error)))
      .finally(() => { asked.current = false; });
  };
  return html`
    <p class="file lost"><${Icon} mark="file" /><span>${nameOf(file)}: <span class="trouble">${t("file.failed", { why: why(file) })}</span>
      ${" "}<button type="button" class="link" onClick=${again}>${t("try_again")}</button></span></p>`;
}

/** @param {File} file */
function why({ reason }) {
  const key = `file.why.${reason}`;
  return reason && isSaid(key) ? t(key) : t("file.why.unknown", { reason: reason ?? "" });
}
