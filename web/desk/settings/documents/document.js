/**
 * A settings document as it is being edited: what the draft began with, the draft, what is wrong
 * with it, and what somebody else wrote meanwhile.
 */
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { call, read } from "../../api/api.js";
import { Problem } from "../../api/problem.js";
import { keepDraft, keptDraft } from "./drafts.js";
import { faultsAt, faultsLeft, faultsOf } from "./faults.js";
import { wordsOfFault } from "./fault_view.js";
import { loadKinds, mayWrite } from "./kinds.js";
import { merge } from "./merging.js";
import { pointer, put, same, take } from "./pointers.js";

/** @typedef {import("./differences.js").Change} Change */
/** @typedef {import("./faults.js").Fault} Fault */
/** @typedef {import("./pointers.js").Path} Path */
/** @typedef {{version: number, document: any}} Version */
/** @typedef {"saved" | "refused" | "moved"} Outcome */

export class SettingsDocument {
  /** @param {string} kind */
  constructor(kind) {
    this.kind = kind;
    const path = `/settings/${encodeURIComponent(kind)}`;
    this.path = path;
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
      && (Object.keys(this.unfit.value).length > 0 || !same(this.base.value.document, this.draft.value)));
    /** @type {Promise<void> | null} */
    this.reading = null;
  }

  get mayWrite() { return mayWrite(this.kind); }

  /** Read what is in force, and take up the draft that this tab has kept. Never raises. */
  open() {
    this.reading ??= this.#open().catch((error) => { this.problem.value = error; }).finally(() => { this.reading = null; });
    return this.reading;
  }

  async #open() {
    this.problem.value = null;
    const seen = this.base.peek();
    const [answer] = await Promise.all([
      call("GET", this.path, { repeatable: true, ...(seen ? { seenEtag: `"${seen.version}"` } : {}) }),
      loadKinds(),
    ]);
    if (answer.status === 304) return;
    const current = { version: answer.data.version, document: answer.data.document };
    const kept = seen && this.isChanged.peek() ? this.#kept(seen.version) : keptDraft(this.kind);
    if (!kept || (same(kept.draft, current.document) && !Object.keys(kept.unfit).length)) this.#adopt(current);
    else await this.#takeUp(kept, current);
  }

  /** @param {import("./drafts.js").Kept} kept @param {Version} current */
  async #takeUp(kept, current) {
    const base = kept.version === current.version ? current : await this.version(kept.version);
    this.base.value = base;
    this.draft.value = kept.draft;
    this.unfit.value = kept.unfit;
    this.newest.value = base === current ? null : current;
  }

  /** @param {Version} current */
  #adopt(current) {
    this.base.value = current;
    this.draft.value = current.document;
    this.newest.value = null;
    this.faults.value = [];
    this.unfit.value = {};
    keepDraft(this.kind, null);
  }

  /** @param {any} next the draft from now on, or what makes it of the one before */
  change(next) {
    const before = this.draft.peek();
    const after = typeof next === "function" ? next(before) : next;
    this.faults.value = faultsLeft(this.faults.peek(), before, after);
    this.draft.value = after;
    this.#keep();
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

  /** Forget what was typed at a place that is gone, and below it. @param {Path} path */
  forget(path) {
    const place = pointer(path);
    this.unfit.value = Object.fromEntries(Object.entries(this.unfit.peek()).filter(([one]) => one !== place && !one.startsWith(`${place}/`)));
  }

  #keep() {
    const base = this.base.peek();
    if (base) this.isKept.value = keepDraft(this.kind, this.isChanged.peek() ? this.#kept(base.version) : null);
  }

  /** @param {number} version @returns {import("./drafts.js").Kept} */
  #kept(version) { return { version, draft: this.draft.peek(), unfit: this.unfit.peek() }; }

  /** @param {Path} path @param {any} value */
  put(path, value) { this.change((/** @type {any} */ draft) => put(draft, path, value)); }

  /** @param {Path} path */
  take(path) {
    this.forget(path);
    this.change((/** @type {any} */ draft) => take(draft, path));
  }

  /** Forget the draft. */
  drop() {
    const current = this.newest.peek() ?? this.base.peek();
    if (current) this.#adopt(current);
  }

  /** What is wrong at a place or below it, in words; empty if nothing. @param {string | Path} place */
  wrongAt(place) {
    const found = faultsAt(this.faults.value, typeof place === "string" ? place : pointer(place));
    return [...new Set(found.map((one) => wordsOfFault(one.detail)))].join(" ");
  }

  /** What saving would change; null if it was refused, or somebody else was faster. @returns {Promise<Change[] | null>} */
  async check() {
    const answer = await this.#judged(() => call("POST", `${this.path}/check`, { ...this.#condition(), body: this.draft.peek(), repeatable: true }));
    return typeof answer === "string" ? null : answer.data.changes;
  }

  /** @returns {Promise<Outcome>} */
  async save() {
    return this.#written(() => call("PUT", this.path, { ...this.#condition(), body: this.draft.peek() }));
  }

  /** Make an earlier version the one in force; its faults are of that version. @param {number} version @returns {Promise<Outcome>} */
  async rollBack(version) {
    return this.#written(() => call("POST", `${this.path}/rollback`, { ...this.#condition(), body: { version } }));
  }

  /** @param {() => Promise<import("../../api/api.js").Answer>} write @returns {Promise<Outcome>} */
  async #written(write) {
    const answer = await this.#judged(write);
    if (typeof answer === "string") return answer;
    this.#adopt({ version: answer.data.version, document: answer.data.document });
    void loadKinds().catch(() => undefined); // who wrote what is told again at the next visit
    return "saved";
  }

  /** @param {() => Promise<import("../../api/api.js").Answer>} ask @returns {Promise<import("../../api/api.js").Answer | Outcome>} */
  async #judged(ask) {
    try {
      const answer = await ask();
      this.faults.value = [];
      return answer;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.status === 412) return this.#meetNewest();
      if (error.status !== 422 && error.status !== 400 && error.status !== 413) throw error;
      this.faults.value = faultsOf(error.document);
      return "refused";
    }
  }

  /** What was written meanwhile; the draft itself, where only the answer to saving it was lost. @returns {Promise<Outcome>} */
  async #meetNewest() {
    const { version, document } = await read(this.path);
    if (same(document, this.draft.peek())) {
      this.#adopt({ version, document });
      return "saved";
    }
    this.newest.value = { version, document };
    return "moved";
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

  #condition() { return { etag: `"${this.base.peek()?.version ?? 0}"` }; }

  /** @param {number} version @returns {Promise<Version>} */
  async version(version) {
    const answer = await read(`${this.path}/versions/${version}`);
    return { version, document: answer.document };
  }

  /** A page of who wrote which version, newest first. @param {number | null} before */
  versions(before) { return read(`${this.path}/versions`, { limit: 25, before }); }
}

/** @type {Map<string, SettingsDocument>} */
const documents = new Map();

/** @param {string} kind */
export function documentOf(kind) {
  const found = documents.get(kind) ?? new SettingsDocument(kind);
  documents.set(kind, found);
  return found;
}

/** A document, read anew when the component comes up. @param {string} kind */
export function useDocument(kind) {
  const document = documentOf(kind);
  useEffect(() => { void document.open(); }, [kind]);
  return document;
}
