/** What is wrong with a draft, for who edits it. */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { href } from "../../../page/router.js";
import { isSaid, t } from "../../../language/words.js";
import { editorAt } from "../../editors.js";
import { nameOfKind } from "../kinds.js";
import { saidOf } from "./fault_words.js";
import { placeWords } from "../changes/change_words.js";

/** What the API says of a place, in the agent's language as far as there are words. @param {import("./faults.js").Fault} fault */
export function wordsOfFault({ pointer, detail }) {
  const said = saidOf(detail, pointer !== "");
  if (!said) return detail;
  const { kind } = said.values;
  return t(said.key, kind && isSaid(`kind.${kind}`) ? { ...said.values, kind: t(`kind.${kind}`) } : said.values);
}

/** To the settings that a fault is about, where it is about others. @param {{fault: import("./faults.js").Fault}} props */
function WayThere({ fault }) {
  const kind = saidOf(fault.detail, fault.pointer !== "")?.values.kind;
  if (typeof kind !== "string" || !kind) return null;
  const words = t("settings.go_there");
  return html` <a href=${href("settings", editorAt(kind).at)} aria-label=${`${words}: ${nameOfKind(kind)}`}>${words}</a>`;
}

/**
 * All that is wrong in one place, so that nothing is overlooked; it comes into view.
 *
 * @param {{faults: readonly import("./faults.js").Fault[], document: any, place?: (pointer: string) => string | null}} props
 */
export function Faults({ faults, document, place }) {
  const shown = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => { shown.current?.scrollIntoView({ block: "nearest" }); }, [faults.length > 0]);
  if (!faults.length) return null;
  return html`
    <div class="notice late faults" role="alert" ref=${shown}>
      <div>
        <b>${t("faults", { count: faults.length })}</b>
        <ul>
          ${faults.map((fault) => html`
            <li>${[fault.pointer && (place?.(fault.pointer) ?? placeWords(document, fault.pointer)), wordsOfFault(fault)].filter(Boolean).join(": ")}
              <${WayThere} fault=${fault} /></li>`)}
        </ul>
      </div>
    </div>`;
}
