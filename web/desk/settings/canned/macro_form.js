/** One macro: its steps in their order, and where it is offered. */
import { html } from "htm/preact";
import { useRef } from "preact/hooks";
import { t } from "../../language/words.js";
import { Menu } from "../../parts/menu.js";
import { known } from "../content/known.js";
import { MoveButtons } from "../content/list_and_form.js";
import { NameField } from "../content/name_field.js";
import { renamed, replaced, without } from "../content/lists.js";
import { moved } from "../documents/pointers.js";
import { MacroStep } from "./macro_step.js";
import { mayMove, newStep, possibleSteps, stepFault, withStep } from "./macros.js";
import { PlaceFields, TitleField } from "./place_fields.js";

/** @typedef {import("./macros.js").CannedDocument} CannedDocument */
/** @typedef {import("./macros.js").Macro} Macro */
/** @typedef {import("./macros.js").Step} Step */

/**
 * @param {{name: string, macro: Macro, document: CannedDocument, change: (next: CannedDocument) => void, readOnly: boolean,
 *   wrongAt: (path: (string | number)[]) => string, onRenamed: (name: string) => void}} props
 */
export function MacroForm({ name, macro, document, change, readOnly, wrongAt, onRenamed }) {
  const put = (/** @type {Partial<Macro>} */ changed) =>
    change({ ...document, macros: { ...document.macros, [name]: { ...macro, ...changed } } });
  const rename = (/** @type {string} */ to) => {
    change({ ...document, macros: renamed(document.macros, name, to) });
    onRenamed(to);
  };
  return html`
    <fieldset class="fields" disabled=${readOnly}>
      <${TitleField} places=${macro} put=${put} wrongAt=${wrongAt} />
      <${Steps} steps=${macro.steps} document=${document} wrongAt=${wrongAt} onChange=${(/** @type {Step[]} */ steps) => put({ steps })} />
      <${PlaceFields} places=${macro} put=${put} wrongAt=${wrongAt} />
      <${NameField} name=${name} taken=${Object.keys(document.macros)} onRename=${rename} />
    </fieldset>`;
}

/** @param {{steps: Step[], document: CannedDocument, wrongAt: (path: (string | number)[]) => string, onChange: (steps: Step[]) => void}} props */
function Steps({ steps, document, wrongAt, onChange }) {
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const replies = Object.keys(document.replies);
  const queue = known.value.queues?.[0] ?? "default";
  const choices = possibleSteps(steps).map((kind) => ({
    key: kind, label: t(`step.${kind}`), act: () => onChange(withStep(steps, newStep(kind, { queue }))),
  }));
  return html`
    <section class="fields" aria-labelledby="macro-steps">
      <h3 id="macro-steps">${t("canned.steps")}</h3>
      ${!steps.length && html`<p class="trouble">${t("canned.no_steps")}</p>`}
      <ol class="steps" ref=${list}>
        ${steps.map((step, at) => {
          const title = t("canned.step", { number: at + 1, what: t(`step.${step.do}`) });
          const fault = stepFault(steps, at, { replies });
          return html`
            <li class="panel" key=${at} aria-label=${title}>
              <div class="form-head">
                <b>${title}</b>
                <span class="buttons">
                  <${MoveButtons} title=${title} first=${!mayMove(steps, at, at - 1)} last=${!mayMove(steps, at, at + 1)}
                    onMove=${(/** @type {number} */ by) => onChange(moved(steps, at, by))} />
                  <button type="button" class="plain" onClick=${() => onChange(without(steps, at))}>${t("content.remove")}<span class="aside-only"> ${title}</span></button>
                </span>
              </div>
              <${MacroStep} step=${step} document=${document} wrong=${fault ? t(`step.fault.${fault}`) : wrongAt(["steps", at])}
                onChange=${(/** @type {Step} */ to) => onChange(replaced(steps, at, to))} />
            </li>`;
        })}
      </ol>
      ${choices.length > 0 && html`<${Menu} choices=${choices} place="start up">${t("canned.add_step")}<//>`}
      <p class="muted">${t("canned.steps.hint")}</p>
    </section>`;
}
