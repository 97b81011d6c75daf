/** Photos as they are sent, and small ones to know them by. */
import { shrunkTo } from "./file_rules.js";

const DRAWN = ["image/jpeg", "image/png", "image/webp"];
const QUALITY = 0.86;
const THUMBNAIL = 96;

/** The picture no larger than is looked at; any other file, and a picture that is not read, stays as it is. @param {File} file @returns {Promise<File>} */
export async function shrunk(file) {
  const picture = await drawn(file);
  const to = picture && shrunkTo(picture.width, picture.height);
  if (!picture || !to) return file;
  const type = file.type === "image/png" ? "image/png" : "image/jpeg";
  const blob = await new Promise((resolve) => canvasOf(picture, to).toBlob(resolve, type, QUALITY));
  if (!(blob instanceof Blob) || blob.size >= file.size) return file;
  const name = type === "image/jpeg" ? file.name.replace(/\.\w+$/u, ".jpg") : file.name;
  return new File([blob], name, { type });
}

/** A small picture as an address that the page may show, empty of what is no picture. @param {File} file */
export async function thumbnail(file) {
  const picture = await drawn(file);
  if (!picture) return "";
  const by = THUMBNAIL / Math.max(picture.width, picture.height, THUMBNAIL);
  return canvasOf(picture, [Math.max(1, picture.width * by), Math.max(1, picture.height * by)]).toDataURL("image/jpeg", QUALITY);
}

/** @param {File} file */
async function drawn(file) {
  if (!DRAWN.includes(file.type)) return null;
  return createImageBitmap(file).catch(() => null);
}

/** @param {ImageBitmap} picture @param {[number, number]} size */
function canvasOf(picture, [width, height]) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}
