/**
 * Messages that were written and are not in the story yet: what becomes of them, whatever comes.
 *
 * An item is sent under its own id, the Idempotency-Key, as often as it takes: the desk takes it
 * once. In a lane (a conversation's replies, its notes) they leave one after the other.
 */

/**
 * @typedef {"reply" | "note"} Kind
 * @typedef {{file_id: string, name: string, size: number, media_id: string | null}} ItemFile `media_id` is null while it uploads
 * @typedef {{text: string, buttons?: {id: string, title: string}[], as_link?: boolean, mentions?: string[], shown?: string,
 *   promise?: {within_seconds: number}, template?: {name: string, language: string, parameters: Record<string, string>}}} Content
 * @typedef {{status: number, document: Record<string, any>}} Refusal
 * @typedef {{
 *   id: string, conversation_id: string, kind: Kind, at: number, content: Content, files: ItemFile[],
 *   seen_up_to: number | null, draft_version: number | null, anyway: boolean, not_before: number, tab: string,
 *   state: "waiting" | "sent" | "refused", attempts: number, next_at: number, uncertain: boolean,
 *   refusal: Refusal | null, effect_key: string | null}} Item
 */

const PAUSES_MS = [1_000, 2_000, 5_000, 10_000, 20_000, 30_000];
/** How often the desk may answer that something went wrong with it before its writer is asked. */
const MOST_FAULTS = 8;
const NO_UPLOAD = { status: 0, document: { type: "file-not-uploaded" } };

/** A message as it is when "send" is pressed. @param {Pick<Item, "id" | "conversation_id" | "kind" | "at" | "content"> & Partial<Item>} written @returns {Item} */
export const written = (written) => ({
  files: [], seen_up_to: null, draft_version: null, anyway: false, not_before: 0, tab: "",
  state: "waiting", attempts: 0, next_at: 0, uncertain: false, refusal: null, effect_key: null, ...written,
});

/** In the order in which they were written. @param {readonly Item[]} items */
export const inOrder = (items) => [...items].sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1));

/** With an item as it is by now; what was sent stays so, whatever is heard late of it. @param {readonly Item[]} items @param {Item} item */
export function having(items, item) {
  const known = items.find((one) => one.id === item.id);
  if (known?.state === "sent") return items;
  return inOrder([...items.filter((one) => one.id !== item.id), item]);
}

/** @param {readonly Item[]} items @param {string} id */
export const without = (items, id) => items.filter((item) => item.id !== id);

/** @param {readonly Item[]} items @param {string} id @param {(item: Item) => Item} change */
export const changing = (items, id, change) =>
  items.map((item) => (item.id === id && item.state !== "sent" ? change(item) : item));

/** The desk has taken it in. @param {Item} item @param {string} effectKey @returns {Item} */
export const acknowledged = (item, effectKey) =>
  ({ ...item, state: "sent", effect_key: effectKey, uncertain: false, refusal: null });

/**
 * It could not be taken in, for now or as it is; `luck` is between 0 and 1.
 *
 * @param {Item} item @param {Refusal} refusal @param {number} now @param {number} luck @returns {Item}
 */
export function failed(item, refusal, now, luck) {
  const attempts = item.attempts + 1;
  const { status } = refusal;
  const passing = status === 0 || status === 401 || status === 429 || status >= 500;
  // A 429 or 401 has had no effect; without an answer, or with half of one, nobody knows.
  const uncertain = status === 0 || status >= 500 ? true : passing && item.uncertain;
  if (!passing || (status >= 500 && attempts >= MOST_FAULTS))
    return { ...item, attempts, uncertain, state: "refused", refusal };
  const pause = PAUSES_MS[Math.min(attempts, PAUSES_MS.length) - 1] ?? 0;
  const asked = Number(refusal.document.retry_after ?? 0) * 1000;
  return { ...item, attempts, uncertain, refusal, next_at: now + Math.max(asked, pause * (0.75 + luck / 2)) };
}

/** To be sent once more, as it is. @param {Item} item @param {Partial<Item>} [changes] @returns {Item} */
export const again = (item, changes = {}) =>
  ({ ...item, state: "waiting", attempts: 0, next_at: 0, not_before: 0, refusal: null, ...changes });

/** One of its files has arrived. @param {Item} item @param {string} fileId @param {string} mediaId @returns {Item} */
export const uploaded = (item, fileId, mediaId) => ({
  ...item, files: item.files.map((file) => (file.file_id === fileId ? { ...file, media_id: mediaId } : file)),
});

/** A file of it will not arrive any more. @param {Item} item @returns {Item} */
export const uploadLost = (item) => ({ ...item, state: "refused", refusal: NO_UPLOAD });

/** @param {Item} item */
export const isUploading = (item) => item.files.some((file) => file.media_id === null);

/** Whether its text may be given back: nothing of it can have arrived. @param {Item} item */
export const isEditable = (item) => item.state !== "sent" && !item.uncertain;

/** @param {Item} item */
export const laneOf = (item) => `${item.conversation_id} ${item.kind}`;

/** What is to be sent now: of each lane the first, unless it waits or its writer is asked. @param {readonly Item[]} items @param {number} now */
export function due(items, now) {
  return heads(items).filter((item) =>
    item.state === "waiting" && !isUploading(item) && Math.max(item.not_before, item.next_at) <= now);
}

/** When to look again, null if time alone brings nothing. @param {readonly Item[]} items */
export function wakeAt(items) {
  const times = heads(items)
    .filter((item) => item.state === "waiting" && !isUploading(item))
    .map((item) => Math.max(item.not_before, item.next_at));
  return times.length ? Math.min(...times) : null;
}

/** Whether it waits for one before it. @param {readonly Item[]} items @param {Item} item */
export const isHeldUp = (items, item) =>
  item.state === "waiting" && !heads(items).some((head) => head.id === item.id);

/** Those of the conversation that the story does not show yet. @param {readonly Item[]} items @param {string} conversationId @param {ReadonlySet<string>} shown effect keys */
export const pendingOf = (items, conversationId, shown) =>
  items.filter((item) => item.conversation_id === conversationId && !(item.effect_key && shown.has(item.effect_key)));

/** How many are not taken in yet. @param {readonly Item[]} items */
export const unsent = (items) => items.filter((item) => item.state !== "sent").length;

/** What the desk is asked for. @param {Item} item */
export function bodyOf(item) {
  const { text, mentions, shown: _, ...rest } = item.content;
  const draft = item.draft_version ? { draft_version: item.draft_version } : {};
  if (item.kind === "note") return { text, ...(mentions?.length ? { mentions } : {}), ...draft };
  return {
    ...(text ? { text } : {}), ...rest,
    ...(item.files.length ? { media_ids: item.files.map((file) => file.media_id) } : {}),
    ...(item.seen_up_to === null ? {} : { seen_up_to: item.seen_up_to }),
    ...(item.anyway ? { anyway: true } : {}), ...draft,
  };
}

/** @param {readonly Item[]} items */
function heads(items) {
  const lanes = new Set();
  return items.filter((item) => {
    if (item.state === "sent" || lanes.has(laneOf(item))) return false;
    lanes.add(laneOf(item));
    return true;
  });
}
