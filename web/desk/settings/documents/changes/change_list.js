/** A difference in words: what was, and what is to be. */
import { html } from "htm/preact";
import { t } from "../../../language/words.js";
import { toldOf, valueWords } from "./change_words.js";
import { differences } from "./differences.js";

/** @typedef {import("./change_words.js").Describe} Describe */
/** @typedef {import("./differences.js").Change} Change */

const MOST = 200;

/** @param {{before: any, after: any, changes?: readonly Change[], describe?: Describe}} props */
export function ChangeList({ before, after, changes = differences(before, after), describe }) {
  if (!changes.length) return html`<p class="muted">${t("changes.none")}</p>`;
  const told = toldOf(changes, { before, after }, describe);
  return html`
    <ul class="changes">
      ${told.slice(0, MOST).map((one, i) => html`<li key=${i}>${"text" in one ? one.text : html`<${Plain} ...${one} />`}</li>`)}
      ${told.length > MOST && html`<li class="muted">${t("changes.more", { count: told.length - MOST })}</li>`}
    </ul>`;
}

/** @param {{place: string, change: Change}} props */
function Plain({ place, change: { op, value, was } }) {
  return html`
    <span class="place">${place || t("changes.whole")}</span>
    ${op !== "add" && html`<del><span class="aside-only">${t("changes.before")} </span>${valueWords(was)}</del>`}
    ${op !== "remove" && html`<ins><span class="aside-only">${t("changes.after")} </span>${valueWords(value)}</ins>`}
    ${op === "remove" && html`<span class="muted">${t("changes.removed")}</span>`}`;
}
