/** Files on their way to the desk: how far each is, to be stopped and tried again. */
import { signal } from "@preact/signals";
import { act } from "../../api/api.js";
import { Problem, wordsOf } from "../../api/problem.js";
import { hearUpload } from "../outbox.js";
import { choices } from "../choices.js";
import { shrunk, thumbnail } from "./pictures.js";
import { typeOf } from "./file_rules.js";

/** @typedef {import("../writing.js").Writing} Writing */
/** @typedef {{share: number, state: "running" | "failed" | "done", words: string, thumbnail: string}} Progress */

/** Progress by the file's id. @type {import("@preact/signals").Signal<Map<string, Progress>>} */
export const uploads = signal(new Map());

const MOST_DONE = 50;

/** @type {Map<string, {file: File, stop: AbortController, conversationId: string}>} */
const held = new Map();

addEventListener("beforeunload", (event) => {
  if ([...uploads.peek().values()].some((one) => one.state === "running")) event.preventDefault();
});

/** @param {string} id @param {Partial<Progress>} changes */
function show(id, changes) {
  const before = uploads.peek().get(id) ?? { share: 0, state: "running", words: "", thumbnail: "" };
  uploads.value = new Map(uploads.peek()).set(id, { ...before, ...changes });
}

/** Make a photo ready to be sent. @param {File} file */
export const prepared = (file) => (choices.peek().originalSize ? Promise.resolve(file) : shrunk(file));

/** Begin to send a file; it is in the writing from now on. @param {Writing} writing @param {File} file @param {boolean} asLink */
export function addFile(writing, file, asLink) {
  const id = crypto.randomUUID();
  const mime = typeOf(file);
  writing.change({ files: [...writing.now.peek().files, { file_id: id, name: file.name, size: file.size, mime_type: mime, media_id: null, as_link: asLink }] });
  held.set(id, { file, stop: new AbortController(), conversationId: writing.conversationId });
  void thumbnail(file).then((small) => { if (small && uploads.peek().has(id)) show(id, { thumbnail: small }); });
  void run(writing, id);
}

/** Whether a file can be tried again: it is still there. @param {string} id */
export const isHeld = (id) => held.has(id);

/** @param {Writing} writing @param {string} id */
export function retry(writing, id) {
  const one = held.get(id);
  if (one) held.set(id, { ...one, stop: new AbortController() });
  void run(writing, id);
}

/** Leave a file out. @param {Writing} writing @param {string} id */
export function removeFile(writing, id) {
  held.get(id)?.stop.abort();
  held.delete(id);
  const next = new Map(uploads.peek());
  next.delete(id);
  uploads.value = next;
  writing.change({ files: writing.now.peek().files.filter((file) => file.file_id !== id) });
}

/** @param {Writing} writing @param {string} id */
async function run(writing, id) {
  const one = held.get(id);
  if (!one) return;
  show(id, { state: "running", share: 0, words: "" });
  try {
    const { signal: stop } = one.stop;
    const slot = await act(`/conversations/${one.conversationId}/uploads`, {
      file_name: one.file.name.slice(0, 255), mime_type: typeOf(one.file), size_bytes: one.file.size,
    }, { signal: stop, repeatable: true });
    await post(slot, one.file, stop, (share) => show(id, { share }));
    show(id, { state: "done", share: 1 });
    forgetDone();
    held.delete(id);
    const known = writing.now.peek().files;
    if (known.some((file) => file.file_id === id))
      writing.change({ files: known.map((file) => (file.file_id === id ? { ...file, media_id: slot.media_id } : file)) });
    hearUpload(id, slot.media_id);
  } catch (error) {
    if (one.stop.signal.aborted) return;
    show(id, { state: "failed", words: wordsOf(error) });
    hearUpload(id, null);
  }
}

/** Of files that have arrived, long ago, the small pictures go: what is known of them stands in the message. */
function forgetDone() {
  const done = [...uploads.peek()].filter(([, one]) => one.state === "done").map(([id]) => id);
  const old = new Set(done.slice(0, Math.max(0, done.length - MOST_DONE)));
  if (old.size) uploads.value = new Map([...uploads.peek()].filter(([id]) => !old.has(id)));
}

/** @param {import("../../api/shapes.d.ts").UploadSlot} slot @param {File} file @param {AbortSignal} stop @param {(share: number) => void} hear */
function post(slot, file, stop, hear) {
  const form = new FormData();
  for (const [name, value] of Object.entries(slot.fields)) form.append(name, value);
  form.append("file", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", slot.url);
    request.upload.onprogress = (event) => hear(event.total ? event.loaded / event.total : 0);
    request.onload = () => (request.status < 300 ? resolve(undefined) : reject(new Problem(request.status, { type: "file-not-uploaded" })));
    request.onerror = () => reject(new Problem(0, {}));
    request.onabort = () => reject(new Problem(0, {}));
    stop.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}
