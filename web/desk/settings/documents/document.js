/** A settings document as it is being edited: read, checked, saved, and taken back to an earlier version. */
import { useEffect } from "preact/hooks";
import { call, read } from "../../api/api.js";
import { Draft } from "./draft.js";
import { loadKinds, mayWrite } from "./kinds.js";

/** @typedef {import("./changes/differences.js").Change} Change */
/** @typedef {import("./draft.js").Version} Version */
/** @typedef {import("./draft.js").Outcome} Outcome */
/** @typedef {import("../../api/api.js").Answer} Answer */

export class SettingsDocument extends Draft {
  /** @param {string} kind */
  constructor(kind) {
    super(kind);
    this.path = `/settings/${encodeURIComponent(kind)}`;
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
    const current = versionOf(answer.data);
    const kept = this.kept();
    if (!kept) this.adopt(current);
    else this.takeUp(kept, kept.version === current.version ? current : await this.version(kept.version), current);
  }

  /** @override */
  async readNewest() {
    const [newest] = await Promise.all([read(this.path), loadKinds()]);
    return versionOf(newest);
  }

  /** What saving would change; null if it was refused, or somebody else was faster. @returns {Promise<Change[] | null>} */
  async check() {
    const answer = await this.judged(() => call("POST", `${this.path}/check`, { ...this.condition(), body: this.draft.peek(), repeatable: true }));
    return typeof answer === "string" ? null : answer.data.changes;
  }

  /** @returns {Promise<Outcome>} */
  save() {
    const sent = this.draft.peek();
    return this.#write(() => call("PUT", this.path, { ...this.condition(), body: sent }), (current) => this.saved(current, sent));
  }

  /** Make an earlier version the one in force; its faults are of that version. @param {number} version @returns {Promise<Outcome>} */
  rollBack(version) {
    return this.#write(() => call("POST", `${this.path}/rollback`, { ...this.condition(), body: { version } }), (current) => this.adopt(current));
  }

  /** @param {() => Promise<Answer>} write @param {(current: Version) => void} goOn @returns {Promise<Outcome>} */
  async #write(write, goOn) {
    const answer = await this.judged(write);
    if (typeof answer === "string") return answer;
    goOn(versionOf(answer.data));
    void loadKinds().catch(() => undefined); // who wrote what is told again at the next visit
    return "saved";
  }

  /** @param {number} version @returns {Promise<Version>} */
  async version(version) {
    const answer = await read(`${this.path}/versions/${version}`);
    return { version, document: answer.document };
  }

  /** A page of who wrote which version, newest first. @param {number | null} before */
  versions(before) { return read(`${this.path}/versions`, { limit: 25, before }); }
}

/** @param {any} answer @returns {Version} */
const versionOf = (answer) => ({ version: answer.version, document: answer.document });

/** @type {Map<string, SettingsDocument>} */
const documents = new Map();

/** @param {string} kind */
function documentOf(kind) {
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
