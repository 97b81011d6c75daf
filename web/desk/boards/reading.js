/** Figures that are read again and again while somebody looks at them: at most every half minute. */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { wordsOf } from "../api/problem.js";
import { now, serverTime } from "../page/clock.js";
import { duration } from "../language/formats.js";
import { t } from "../language/words.js";
import { onWelcome } from "../live/connection.js";
import { ageOf } from "./age.js";

const EVERY_SECONDS = 30;

/**
 * @template Data
 * @typedef {{data: Data | null, at: number, trouble: unknown, every: number, again: () => void}} Reading
 */

/**
 * What was read stays until the next comes, whatever goes wrong meanwhile.
 *
 * @template Data
 * @param {(until: AbortSignal) => Promise<Data>} read @param {readonly unknown[]} [when] what it depends on
 * @param {number} [every] seconds
 * @returns {Reading<Data>}
 */
export function useReading(read, when = [], every = EVERY_SECONDS) {
  const [state, setState] = useState({ data: /** @type {Data | null} */ (null), at: 0, trouble: /** @type {unknown} */ (null) });
  const again = useRef(() => {});
  useEffect(() => {
    const leaving = new AbortController();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    let running = false;
    let last = 0;
    const look = async () => {
      if (running || leaving.signal.aborted) return;
      clearTimeout(timer);
      running = true;
      last = Date.now();
      try {
        const data = await read(leaving.signal);
        if (!leaving.signal.aborted) setState({ data, at: serverTime(), trouble: null });
      } catch (trouble) {
        if (!leaving.signal.aborted) setState((before) => ({ ...before, trouble }));
      }
      running = false;
      timer = setTimeout(next, every * 1000);
    };
    const next = () => { if (document.visibilityState === "visible") void look(); };
    const seen = () => { if (Date.now() - last >= every * 1000) next(); };
    again.current = () => void look();
    document.addEventListener("visibilitychange", seen);
    const stop = onWelcome(() => void look());
    void look();
    return () => {
      leaving.abort();
      clearTimeout(timer);
      stop();
      document.removeEventListener("visibilitychange", seen);
    };
  }, when);
  return { ...state, every, again: () => again.current() };
}

/**
 * How old they are, or why there are none. `quiet` says nothing of what is fresh: rows are live anyway.
 *
 * @param {{of: Reading<any>, quiet?: boolean}} props
 */
export function Age({ of, quiet = false }) {
  if (of.trouble) {
    return html`
      <div class="notice late" role="alert">
        <span>${wordsOf(of.trouble)} ${of.data && t("board.kept", { age: duration((now.value - of.at) / 1000) })}</span>
        <button type="button" onClick=${of.again}>${t("try_again")}</button>
      </div>`;
  }
  if (!of.data) return html`<p class="muted" role="status">${t("loading")}</p>`;
  const { seconds, stale } = ageOf(of.at, now.value, of.every);
  if (quiet && !stale) return null;
  return html`<p class=${stale ? "trouble" : "muted"}>${seconds < 10 ? t("board.fresh") : t("board.age", { age: duration(seconds) })}</p>`;
}
