/** A labelled field: what it is for, what may be in it, what is wrong with it. */
import { html } from "htm/preact";
import { useId } from "preact/hooks";

/**
 * `children` is given the attributes that tie the control to its label and words.
 *
 * @param {{label: any, hint?: any, wrong?: string, children: (attributes: Record<string, any>) => any}} props
 */
export function Field({ label, hint, wrong, children }) {
  const id = useId();
  const described = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ");
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      ${children({ id, "aria-describedby": described || undefined, "aria-invalid": wrong ? "true" : undefined })}
      ${hint && html`<span class="hint" id="${id}-hint">${hint}</span>`}
      ${wrong && html`<span class="wrong" id="${id}-wrong">${wrong}</span>`}
    </div>`;
}
