/** An answer of the agent API that says no, or none at all. */
import { isSaid, t } from "../language/words.js";

/**
 * `type` is the last part of the problem's type (`unseen-message`), `no-line` where no answer came.
 * `document` is the problem document (RFC 9457) with its further members.
 */
export class Problem extends Error {
  /** @param {number} status @param {Record<string, any>} document */
  constructor(status, document) {
    super(document.detail ?? document.title ?? "");
    this.status = status;
    this.document = document;
    this.type = typeOf(status, document);
  }

  /** What to tell a person. */
  get words() {
    const key = `problem.${this.type}`;
    const said = isSaid(key) ? t(key, { seconds: this.document.retry_after ?? 1 }) : this.message || t("problem.internal");
    const places = (this.document.errors ?? []).map((/** @type {any} */ one) => one.detail).filter(Boolean);
    return this.type === "validation" && places.length ? `${said} ${places.join(" ")}` : said;
  }

  /** Whether the same call may succeed a moment later. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** @param {number} status @param {Record<string, any>} document */
function typeOf(status, document) {
  const type = String(document.type ?? "").split("/").pop() ?? "";
  if (type && type !== "about:blank") return type;
  if (status === 0) return "no-line";
  if (status === 401) return "not-signed-in";
  if (status === 429) return "rate-limited";
  return status >= 500 ? "internal" : "unknown";
}

/** Whether nobody knows if what was asked took effect; what is answered with 429 did not. @param {unknown} error */
export const isUnanswered = (error) => error instanceof Problem && error.isPassing && error.status !== 429;

/** What to tell of anything that was thrown. @param {unknown} error */
export function wordsOf(error) {
  return error instanceof Problem ? error.words : t("problem.internal");
}
