/** How much room a picture takes before it is there, so that nothing moves when it comes. Pure. */

const WIDEST = 280;
const HIGHEST = 220;
const LEAST = 48;
const UNKNOWN = { width: 180, height: 120 };

/** @param {{width?: number | null, height?: number | null}} file */
export function roomFor({ width, height }) {
  if (!width || !height) return UNKNOWN;
  const by = Math.min(1, WIDEST / width, HIGHEST / height);
  return { width: Math.max(LEAST, Math.round(width * by)), height: Math.max(LEAST, Math.round(height * by)) };
}

/** When a file that is still being fetched is looked for: soon, then seldom, then not by itself. */
export const LOOKS_SECONDS = [3, 10, 30, 30, 60, 60, 120, 120];

/** What a file is shown as. @param {{kind?: string, mime_type?: string}} file @returns {"image" | "audio" | "video" | "document"} */
export function shownAs({ kind, mime_type = "" }) {
  const [type = ""] = mime_type.split("/");
  if (type === "image" && mime_type !== "image/heic" && mime_type !== "image/tiff") return "image";
  if (type === "audio" || type === "video") return type;
  if (mime_type) return "document";
  return kind === "image" || kind === "sticker" ? "image" : kind === "audio" || kind === "video" ? kind : "document";
}
