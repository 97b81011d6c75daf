/**
 * Something that is edited and saved whole: what the draft began with, the draft, what is wrong with
 * it, and what somebody else wrote meanwhile.
 */
import { computed, signal } from "@preact/signals";
import { Problem } from "../../api/problem.js";
import { sessionState } from "../../session/session.js";
import { keepDraft, keptDraft } from "./drafts.js";
import { faultsAt, faultsLeft, faultsOf } from "./faults/faults.js";
import { wordsOfFault } from "./faults/fault_view.js";
import { merge } from "./changes/merging.js";
import { pointer, put, same, take } from "./pointers.js";

/** @typedef {import("./faults/faults.js").Fault} Fault */
/** @typedef {import("./pointers.js").Path} Path */
/** @typedef {import("../../api/api.js").Answer} Answer */
/** @typedef {{version: number, document: any}} Version */
/** @typedef {"saved" | "refused" | "moved"} Outcome */

const NOT_FIT = [400, 413, 422];

/** Every draft of this tab. @type {Set<Draft>} */
const drafts = new Set();

// A tab that is closed takes its drafts with it; one that leaves to sign in again finds them.
addEventListener("beforeunload", (event) => {
  if (sessionState.peek() === "in" && [...drafts].some((draft) => draft.isChanged.peek())) event.preventDefault();
});

export class Draft {
  /** @param {string} kind under which this tab keeps it */
  constructor(kind) {
    this.kind = kind;
    /** Why there is nothing to show. @type {import("@preact/signals").Signal<unknown>} */
    this.problem = signal(null);
    /** What the draft began with. @type {import("@preact/signals").Signal<Version | null>} */
    this.base = signal(null);
    /** @type {import("@preact/signals").Signal<any>} */
    this.draft = signal(undefined);
    /** What is in force by now, where somebody wrote it after the draft began. @type {import("@preact/signals").Signal<Version | null>} */
    this.newest = signal(null);
    /** @type {import("@preact/signals").Signal<readonly Fault[]>} */
    this.faults = signal([]);
    /** What was typed, by its place, that is no value yet. @type {import("@preact/signals").Signal<Record<string, string>>} */
    this.unfit = signal({});
    /** Whether the tab has room to keep the draft. */
    this.isKept = signal(true);
    this.isChanged = computed(() => this.base.value !== null
      && (!this.isFit || !same(this.base.value.document, this.draft.value)));
    drafts.add(this);
  }

  /** Whether all that was typed is understood. */
  get isFit() { return !Object.keys(this.unfit.value).length; }

  /** The draft that there is, here or in what this tab has kept. @returns {import("./drafts.js").Kept | null} */
  kept() {
    const seen = this.base.peek();
    return seen && this.isChanged.peek() ? this.#written(seen.version) : keptDraft(this.kind);
  }

  /** Go on from what is in force. @param {Version} current */
  adopt(current) {
    this.base.value = current;
    this.draft.value = current.document;
    this.newest.value = null;
    this.faults.value = [];
    this.unfit.value = {};
    keepDraft(this.kind, null);
  }

  /** What was sent is in force; what was typed since is a draft of it. @param {Version} current @param {any} sent */
  saved(current, sent) {
    if (same(this.draft.peek(), sent) && this.isFit) return this.adopt(current);
    this.base.value = current;
    this.newest.value = null;
    this.#keep();
    return undefined;
  }

  /** Go on with a draft that began with `base`. @param {import("./drafts.js").Kept} kept @param {Version} base @param {Version} current */
  takeUp(kept, base, current) {
    if (same(kept.draft, current.document) && !Object.keys(kept.unfit).length) return this.adopt(current);
    this.base.value = base;
    this.draft.value = kept.draft;
    this.unfit.value = kept.unfit;
    this.newest.value = base.version === current.version ? null : current;
    return undefined;
  }

  /** @param {any} next the draft from now on, or what makes it of the one before */
  change(next) {
    const before = this.draft.peek();
    const after = typeof next === "function" ? next(before) : next;
    this.faults.value = faultsLeft(this.faults.peek(), before, after);
    this.draft.value = after;
    this.#keep();
  }

  /** @param {Path} path @param {any} value */
  put(path, value) { this.change((/** @type {any} */ draft) => put(draft, path, value)); }

  /** @param {Path} path */
  take(path) {
    this.forget(path);
    this.change((/** @type {any} */ draft) => take(draft, path));
  }

  /** Text that was typed at a place, and the value it is; undefined where it is none, which keeps it from being saved. @param {Path} path @param {string} text @param {any} value */
  type(path, text, value) {
    const place = pointer(path);
    const others = Object.fromEntries(Object.entries(this.unfit.peek()).filter(([one]) => one !== place));
    this.unfit.value = value === undefined ? { ...others, [place]: text } : others;
    if (value !== undefined) this.put(path, value);
    else this.#keep();
  }

  /** What was typed there and is no value. @param {Path} path @returns {string | undefined} */
  typed(path) { return this.unfit.value[pointer(path)]; }

  /** Forget what was typed at a place that is gone or moved, and below it. @param {Path} path */
  forget(path) {
    const place = pointer(path);
    this.unfit.value = Object.fromEntries(Object.entries(this.unfit.peek()).filter(([one]) => one !== place && !one.startsWith(`${place}/`)));
  }

  /** Forget the draft. */
  drop() {
    const current = this.newest.peek() ?? this.base.peek();
    if (current) this.adopt(current);
  }

  /** What is wrong at a place or below it, in words; empty if nothing. @param {string | Path} place */
  wrongAt(place) {
    const found = faultsAt(this.faults.value, typeof place === "string" ? place : pointer(place));
    return [...new Set(found.map(wordsOfFault))].join(" ");
  }

  /** What would come of both changes; `contested` are the places where mine stands against theirs. */
  merged() {
    const [base, newest] = [this.base.peek(), this.newest.peek()];
    return base && newest ? merge(base.document, this.draft.peek(), newest.document) : null;
  }

  /** Put the draft's changes on top of what is in force by now. */
  putOnTop() {
    const [both, newest] = [this.merged(), this.newest.peek()];
    if (!both || !newest) return;
    this.base.value = newest;
    this.newest.value = null;
    this.change(both.merged);
  }

  /** The condition that nobody wrote a newer version. */
  condition() { return { etag: `"${this.base.peek()?.version ?? 0}"` }; }

  /**
   * Ask the API to judge or to write it; what it finds wrong is kept, what is newer is met.
   *
   * @param {() => Promise<Answer>} ask @returns {Promise<Answer | Outcome>}
   */
  async judged(ask) {
    try {
      const answer = await ask();
      this.faults.value = [];
      return answer;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 412) return this.#meet(await this.readNewest());
      if (!NOT_FIT.includes(error.status)) throw error;
      this.faults.value = faultsOf(error.document);
      return "refused";
    }
  }

  /** @returns {Promise<Version>} */
  readNewest() { throw new Error("not read from anywhere"); }

  /** The draft itself is newest where only the answer to saving it was lost. @param {Version} newest @returns {Outcome} */
  #meet(newest) {
    if (same(newest.document, this.draft.peek())) {
      this.adopt(newest);
      return "saved";
    }
    this.newest.value = newest;
    return "moved";
  }

  #keep() {
    const base = this.base.peek();
    if (base) this.isKept.value = keepDraft(this.kind, this.isChanged.peek() ? this.#written(base.version) : null);
  }

  /** @param {number} version @returns {import("./drafts.js").Kept} */
  #written(version) { return { version, draft: this.draft.peek(), unfit: this.unfit.peek() }; }
}
