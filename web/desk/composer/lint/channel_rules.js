/** The rules of a channel in a language, asked for once as long as the page is open. */
import { effect, signal } from "@preact/signals";
import { read } from "../../api/api.js";
import { Problem } from "../../api/problem.js";
import { keeper } from "../sending/kept.js";
import { language } from "../../language/words.js";

/** @typedef {import("../../api/shapes.d.ts").LintRules} LintRules */

const AGAIN_MS = 30_000;

/** @type {import("@preact/signals").Signal<Map<string, LintRules>>} */
const known = signal(new Map());
/** @type {Map<string, number>} when something was last asked for */
const asked = new Map();

effect(() => { if (!keeper.value) { known.value = new Map(); asked.clear(); } });

/**
 * What holds for a text to a customer, null until it is known: nobody waits for it. The findings
 * are said in the agent's language, whatever the customer's.
 *
 * @param {string} channel @param {string | null} customers @returns {LintRules | null}
 */
export function rulesOf(channel, customers) {
  const key = `${channel} ${customers} ${language.value}`;
  const found = known.value.get(key);
  if (!found && Date.now() - (asked.get(key) ?? 0) > AGAIN_MS) {
    asked.set(key, Date.now());
    void load(key, { channel, language: customers, words: language.value });
  }
  return found ?? null;
}

/** @param {string} key @param {Record<string, string | null>} query */
async function load(key, query) {
  try {
    const rules = await read("/lint/rules", query).catch((error) => {
      // Of a language that is none of the desk's the limits hold all the same.
      if (query.language && error instanceof Problem && error.status === 422)
        return read("/lint/rules", { ...query, language: null });
      throw error;
    });
    known.value = new Map(known.peek()).set(key, rules);
  } catch {
    // Texts are sent unread as before; the next look asks again.
  }
}
