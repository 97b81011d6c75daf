/**
 * What stands in the field of a conversation, for its replies and for its notes apart: kept on this
 * machine at each key, so that neither a reload nor another conversation takes it away.
 */
import { batch, effect, signal } from "@preact/signals";
import { serverTime } from "../page/clock.js";
import { nameOf } from "../person/colleagues.js";
import { MOST_FILES } from "./files/file_rules.js";
import { drop, keep, keeper, kept, namesKept, onKept } from "./sending/kept.js";

/**
 * @typedef {import("./sending/outbox_items.js").Kind} Kind
 * @typedef {{file_id: string, name: string, size: number, mime_type: string, media_id: string | null, as_link: boolean}} WrittenFile
 * @typedef {{seconds: number} | {at: number}} Promised how long from sending, or until when
 * @typedef {{text: string, seen_up_to: number | null, kept: string, version: number, files: WrittenFile[],
 *   buttons: string[], promise: Promised | null, mentions: {agent_id: string, name: string}[], gaps: string[],
 *   began_at: number}} Written `began_at` is when typing began, by the desk's clock
 */

/** @type {Written} */
const NOTHING = { text: "", seen_up_to: null, kept: "", version: 0, files: [], buttons: [], promise: null, mentions: [], gaps: [], began_at: 0 };

/** @type {Map<string, Writing>} */
const writings = new Map();
const MOST_WRITINGS = 200;

export class Writing {
  /** @param {string} conversationId @param {Kind} kind */
  constructor(conversationId, kind) {
    this.conversationId = conversationId;
    this.kind = kind;
    this.name = `writing.${conversationId}.${kind}`;
    /** @type {import("@preact/signals").Signal<Written>} */
    this.now = signal({ ...NOTHING, ...kept(this.name) });
    /** A draft of another screen that differs. @type {import("@preact/signals").Signal<import("../api/shapes.d.ts").Draft | null>} */
    this.offered = signal(null);
    /** Whether the desk was asked what it has. */
    this.compared = false;
    /** @type {Promise<void>} */
    this.saving = Promise.resolve();
    this.isFocused = false;
  }

  /** @param {Partial<Written>} changes */
  change(changes) {
    const next = { ...this.now.peek(), ...changes };
    this.now.value = next;
    if (isNothing(next)) drop(this.name);
    else keep(this.name, next);
  }

  /** What somebody types; what they had seen counts from the first character on. @param {string} text @param {number | undefined} seenUpTo */
  type(text, seenUpTo) {
    const { seen_up_to: seen, files } = this.now.peek();
    const begins = seen === null || (!this.now.peek().text && !files.length);
    this.change(begins ? { text, seen_up_to: seenUpTo ?? null, began_at: serverTime() } : { text });
  }

  /** It was handed over to be sent: an empty field, of which the desk still has the draft. */
  clear() {
    const { kept: had, version } = this.now.peek();
    batch(() => {
      this.change({ ...NOTHING, kept: had, version });
      this.offered.value = null;
    });
  }

  /** The desk has discarded the draft with the message that it was. @param {number | null} version */
  sent(version) {
    const now = this.now.peek();
    if (version && now.version === version) this.change({ version: 0, kept: "" });
  }

  get isEmpty() {
    const { text, files } = this.now.peek();
    return !text.trim() && !files.length;
  }
}

/** @param {Written} written */
const isNothing = ({ text, files, buttons, promise, version }) =>
  !text && !files.length && !buttons.length && !promise && !version;

/** @param {string} conversationId @param {Kind} kind @returns {Writing} */
export function writingOf(conversationId, kind) {
  const key = `${keeper.peek()} ${conversationId} ${kind}`;
  const known = writings.get(key);
  if (known) return known;
  for (const [old, one] of writings) {
    if (writings.size < MOST_WRITINGS) break;
    if (!one.isFocused) writings.delete(old);
  }
  const made = new Writing(conversationId, kind);
  writings.set(key, made);
  return made;
}

// Another tab of the same agent: what is written there stands here too, but never under the fingers.
onKept("writing.", (name, what) => {
  for (const one of writings.values())
    if (one.name === name && !one.isFocused) one.now.value = { ...NOTHING, ...what };
});

effect(() => { if (keeper.value) forgetOld(); });

/** Of what was begun and left long ago goes what the desk has as well. */
function forgetOld() {
  const names = namesKept("writing.");
  if (names.length <= MOST_WRITINGS) return;
  names.map((name) => ({ name, ...NOTHING, ...kept(name) }))
    .filter(({ text, kept: saved, files }) => text === saved && !files.length)
    .sort((one, other) => one.began_at - other.began_at)
    .slice(0, names.length - MOST_WRITINGS)
    .forEach(({ name }) => drop(name));
}

/** @type {Map<string, import("@preact/signals").Signal<Kind>>} */
const kinds = new Map();

/** Which of the two somebody writes in a conversation; it changes by their hand alone. @param {string} conversationId */
export function kindOf(conversationId) {
  const key = `${keeper.peek()} ${conversationId}`;
  let kind = kinds.get(key);
  if (!kind) kinds.set(key, (kind = signal(kept(`kind.${conversationId}`) === "note" ? "note" : "reply")));
  return kind;
}

/** @param {string} conversationId @param {Kind} kind */
export function chooseKind(conversationId, kind) {
  kindOf(conversationId).value = kind;
  if (kind === "note") keep(`kind.${conversationId}`, kind);
  else drop(`kind.${conversationId}`);
}

/**
 * Give a message back to the field, before whatever stands there.
 *
 * @param {import("./sending/outbox_items.js").Item} item @param {number | undefined} seenUpTo what its writer has seen by now
 */
export function giveBack(item, seenUpTo) {
  const writing = writingOf(item.conversation_id, item.kind);
  const now = writing.now.peek();
  const { content } = item;
  // One that has not arrived is there too: it comes later, or is seen to be missing.
  const files = item.files.map((file) => ({ ...file, mime_type: "", as_link: content.as_link ?? false }));
  const mentions = (content.mentions ?? []).map((agent_id) => ({ agent_id, name: nameOf(agent_id) }));
  writing.change({
    text: [content.text, now.text].filter(Boolean).join("\n\n"),
    seen_up_to: seenUpTo ?? now.seen_up_to,
    began_at: serverTime(),
    files: [...files, ...now.files].slice(0, MOST_FILES),
    mentions: [...now.mentions, ...mentions],
    buttons: now.buttons.length ? now.buttons : (content.buttons ?? []).map((button) => button.title),
    promise: now.promise ?? (content.promise ? { seconds: content.promise.within_seconds } : null),
  });
  chooseKind(item.conversation_id, item.kind);
}

/**
 * Put a text that did not arrive into the field of replies, before whatever stands there.
 *
 * @param {string} conversationId @param {string} text @param {number | undefined} seenUpTo
 */
export function writeAnew(conversationId, text, seenUpTo) {
  const writing = writingOf(conversationId, "reply");
  const now = writing.now.peek();
  if (!now.text.includes(text)) {
    writing.change({
      text: [text, now.text].filter(Boolean).join("\n\n"), seen_up_to: seenUpTo ?? now.seen_up_to, began_at: serverTime(),
    });
  }
  chooseKind(conversationId, "reply");
}
