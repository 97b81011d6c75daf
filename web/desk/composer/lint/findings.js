/** What was found in a reply, under the field: in words, the gravest first. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../language/words.js";
import { lint } from "./lint.js";

/** @typedef {import("./lint.js").Finding} Finding */
/** @typedef {import("../../api/shapes.d.ts").LintRules} LintRules */

const PAUSE_MS = 400;
const MOST_SHOWN = 3;
/** Beyond what can be sent nothing is looked for: that it is too long is said anyway. */
const LONGEST_JUDGED = 40_000;
const ORDER = ["error", "warning", "hint"];
/** The counter says these. */
const SAID_ELSEWHERE = ["parts"];

/** What is found once somebody pauses. @param {string} text @param {LintRules | null} rules @returns {Finding[]} */
export function useFindings(text, rules) {
  const [found, setFound] = useState(/** @type {Finding[]} */ ([]));
  useEffect(() => {
    if (!rules || !text || text.length > LONGEST_JUDGED) return setFound([]);
    const timer = setTimeout(() => setFound(lint(text, rules)), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, rules]);
  return text && rules ? found.filter((one) => !SAID_ELSEWHERE.includes(one.rule)) : [];
}

/** @param {{id: string, findings: Finding[]}} props */
export function Findings({ id, findings }) {
  const sorted = [...findings].sort((one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity));
  const more = sorted.length - MOST_SHOWN;
  return html`
    <ul class="findings" id=${id} hidden=${!sorted.length}>
      ${sorted.slice(0, MOST_SHOWN).map((one) => html`<${Found} key=${`${one.rule} ${one.start}`} finding=${one} />`)}
      ${more > 0 && html`<li class="muted">${t("write.lint.more", { count: more })}</li>`}
    </ul>`;
}

/** @param {{finding: Finding}} props */
export function Found({ finding }) {
  return html`
    <li class="finding ${finding.severity}">
      <b>${t(`write.lint.${finding.severity}`)}</b> <span>${finding.words}</span>
    </li>`;
}
