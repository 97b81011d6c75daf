/**
 * The conversation that is open: its state and its story, read once and then only what is newer.
 *
 * A row with a higher sequence is a hint to read on; after a lost line so is the welcome.
 */
import { signal } from "@preact/signals";
import { act, read } from "../api/api.js";
import { Problem } from "../api/problem.js";
import { onFrame, onWelcome } from "../live/connection.js";
import { begun, withNewer, withOlder } from "./story.js";

/** @typedef {import("../api/shapes.d.ts").Conversation} Conversation */
/** @typedef {import("../api/shapes.d.ts").ConversationPage} ConversationPage */
/** @typedef {import("../api/shapes.d.ts").ReplyWindow} ReplyWindow */
/** @typedef {import("./story.js").Story} Story */

/** The story of a conversation that moved into this one, as far as it was asked for. @typedef {{entries: readonly import("./story.js").Entry[], older: number | string | null}} Branch */

const PAGE = 50;
/** Answers after which nothing of it may be shown any more. */
const NOT_THEIRS = new Set([403, 404]);

export class Talk {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    /** @type {import("@preact/signals").Signal<Conversation | null>} */
    this.conversation = signal(null);
    /** @type {import("@preact/signals").Signal<ReplyWindow | null>} */
    this.window = signal(null);
    /** @type {import("@preact/signals").Signal<Story | null>} */
    this.story = signal(null);
    /** Why there is nothing to show. @type {import("@preact/signals").Signal<Problem | null>} */
    this.problem = signal(null);
    /** The conversation that goes on in its place. @type {import("@preact/signals").Signal<string | null>} */
    this.movedTo = signal(null);
    /** @type {import("@preact/signals").Signal<Map<string, Branch>>} */
    this.branches = signal(new Map());
    /** A text to be written anew, for the field that one answers in; it empties it. @type {import("@preact/signals").Signal<string>} */
    this.rewrite = signal("");
    /** @type {Promise<void> | null} */
    this.reading = null;
    this.again = false;
    this.closed = false;
    /** @type {(() => void)[]} */
    this.listening = [];
  }

  /** Begin to read, and read on whatever comes. @returns {Promise<void>} once it is read to its end */
  open() {
    this.closed = false;
    this.listening = [
      onFrame("row", (frame) => { if (frame.row.conversation_id === this.id) this.hint(frame.row.sequence); }),
      onFrame("not_delivered", (frame) => { if (frame.conversation_id === this.id) void this.readOn(); }),
      onWelcome(() => void this.readOn()),
    ];
    return this.readOn();
  }

  close() {
    this.closed = true;
    for (const stop of this.listening) stop();
    this.listening = [];
  }

  /** @param {number} sequence that the conversation is known to have reached */
  hint(sequence) {
    if (sequence > (this.story.peek()?.sequence ?? -1)) void this.readOn();
  }

  /** Read what is newer; asked while it reads, it reads once more. Never raises. */
  readOn() {
    if (this.reading) {
      this.again = true;
      return this.reading;
    }
    this.reading = this.#readAll().finally(() => { this.reading = null; });
    return this.reading;
  }

  async #readAll() {
    try {
      do {
        this.again = false;
        await this.#readPages();
      } while (this.again && !this.closed);
      this.problem.value = null;
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem(500, {});
      if (NOT_THEIRS.has(problem.status)) this.#forget();
      this.problem.value = problem;
    }
  }

  #forget() {
    this.story.value = null;
    this.conversation.value = null;
    this.branches.value = new Map();
  }

  async #readPages() {
    for (let more = true; more && !this.closed;) {
      const after = this.story.peek()?.sequence;
      const page = await read(`/conversations/${this.id}`, { limit: PAGE, after });
      if (page.conversation_id !== this.id) {
        this.movedTo.value = page.conversation_id;
        // A cursor is one of this story: of the other only its state is known here.
        if (after === undefined) return;
      }
      this.take(page);
      more = page.timeline.newer !== null && page.timeline.newer !== undefined;
    }
  }

  /** @param {ConversationPage} page */
  take(page) {
    const { timeline, reply_window: window, ...conversation } = page;
    const story = this.story.peek();
    this.story.value = story ? withNewer(story, timeline) : begun(timeline);
    this.window.value = window;
    this.conversation.value = conversation;
  }

  /** Read the page before the first that is shown. */
  async readOlder() {
    const story = this.story.peek();
    if (!story || story.older === null) return;
    const page = await read(`/conversations/${this.id}`, { limit: PAGE, before: story.older });
    const now = this.story.peek();
    if (now && now.older === story.older) this.story.value = withOlder(now, page.timeline);
  }

  /** Read the page before of the conversation that moved here. @param {string} id @param {number | string | null} first */
  async readBranch(id, first) {
    const known = this.branches.peek().get(id) ?? { entries: [], older: first };
    if (known.older === null) return;
    const { timeline } = await read(`/conversations/${id}`, { limit: PAGE, before: known.older });
    const now = this.branches.peek().get(id);
    if (now && now.older !== known.older) return;
    const branch = { entries: [...timeline.entries, ...known.entries], older: timeline.older };
    this.branches.value = new Map(this.branches.peek()).set(id, branch);
  }

  /**
   * Ask something of the conversation, then read what came of it. `repeatable` acts are sent with
   * the owner's version or an offer's id, so that one that arrives twice does no harm.
   *
   * @param {string} what @param {any} [body] @param {import("../api/api.js").Details} [details]
   */
  async ask(what, body = {}, details = { repeatable: true }) {
    try {
      return await act(`/conversations/${this.id}/${what}`, body, details);
    } finally {
      await this.readOn();
    }
  }

  get ownerVersion() { return this.conversation.peek()?.owner.version; }
  get seenUpTo() { return this.story.peek()?.sequence; }
}
