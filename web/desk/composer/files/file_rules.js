/** What of a file a channel takes, and as what; the desk looks again when the reply comes. */

/** @typedef {import("../../api/shapes.d.ts").FileLimits} FileLimits */
/** @typedef {"fits" | "empty" | "not_taken" | "too_large" | "no_files" | "not_this_type" | "channel_too_large"} Fit */

const MB = 1_000_000;
export const MOST_FILES = 10;
export const MOST_BYTES = 100 * MB;
const LONGEST_SIDE = 2_000;

/** What the desk takes at all, by type. @type {Record<string, number>} */
export const TAKEN = {
  "image/png": 25 * MB, "image/jpeg": 25 * MB, "image/webp": 25 * MB, "image/heic": 25 * MB, "image/gif": 25 * MB,
  "audio/mpeg": 50 * MB, "audio/ogg": 50 * MB, "audio/aac": 50 * MB, "audio/amr": 50 * MB, "audio/mp4": 50 * MB,
  "audio/webm": 50 * MB, "audio/3gpp": 50 * MB,
  "video/mp4": 100 * MB, "video/webm": 100 * MB, "video/3gpp": 100 * MB,
  "application/pdf": 100 * MB, "text/plain": 5 * MB,
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": 50 * MB,
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": 50 * MB,
};

/** Browsers have other names for some. @type {Record<string, string>} */
const ALSO = { "audio/x-m4a": "audio/mp4", "audio/m4a": "audio/mp4", "audio/mp3": "audio/mpeg", "image/jpg": "image/jpeg", "audio/opus": "audio/ogg", "video/ogg": "audio/ogg", "image/heif": "image/heic" };
/** @type {Record<string, string>} */
const BY_ENDING = { jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", webp: "image/webp", heic: "image/heic", gif: "image/gif", mp3: "audio/mpeg", ogg: "audio/ogg", oga: "audio/ogg", opus: "audio/ogg", aac: "audio/aac", amr: "audio/amr", m4a: "audio/mp4", mp4: "video/mp4", webm: "video/webm", "3gp": "video/3gpp", pdf: "application/pdf", txt: "text/plain", docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" };

/** @param {{name: string, type: string}} file */
export function typeOf({ name, type }) {
  const plain = type.split(";")[0]?.trim().toLowerCase() ?? "";
  return ALSO[plain] ?? (plain || (BY_ENDING[name.split(".").pop()?.toLowerCase() ?? ""] ?? ""));
}

/** Whether the desk takes it, and then the channel. @param {string} type @param {number} bytes @param {Record<string, FileLimits> | null} media what the channel takes, null where nobody knows yet @returns {Fit} */
export function fitOf(type, bytes, media) {
  const most = TAKEN[type];
  if (!bytes) return "empty";
  if (most === undefined) return "not_taken";
  if (bytes > most) return "too_large";
  if (media === null) return "fits";
  if (!Object.keys(media).length) return "no_files";
  const limits = limitsOf(type, media);
  if (!limits) return "not_this_type";
  return bytes > limits.max_bytes ? "channel_too_large" : "fits";
}

/** @param {string} type @param {Record<string, FileLimits>} media */
export const limitsOf = (type, media) =>
  Object.values(media).find((limits) => !limits.mime_types.length || limits.mime_types.includes(type));

/** Whether it could still leave as a link under the text. @param {Fit} fit */
export const couldBeLink = (fit) => ["no_files", "not_this_type", "channel_too_large"].includes(fit);

/** How large a picture is drawn, its longest side no longer than is looked at. @param {number} width @param {number} height @returns {[number, number] | null} null where it stays as it is */
export function shrunkTo(width, height) {
  const longest = Math.max(width, height);
  if (longest <= LONGEST_SIDE) return null;
  const by = LONGEST_SIDE / longest;
  return [Math.max(1, Math.round(width * by)), Math.max(1, Math.round(height * by))];
}
