/** Something of the panel that is read when somebody wants to see it. */
import { html } from "htm/preact";
import { useEffect, useId, useState } from "preact/hooks";
import { wordsOf } from "../../api/problem.js";
import { t } from "../../language/words.js";

/**
 * @param {{label: string, load: () => Promise<any>, children: (data: any) => any, open?: boolean}} props
 */
export function Asked({ label, load, children, open: opened = false }) {
  const id = useId();
  const [open, setOpen] = useState(opened);
  const [data, setData] = useState(/** @type {any} */ (null));
  const [trouble, setTrouble] = useState("");
  const get = () => {
    setTrouble("");
    load().then(setData, (error) => setTrouble(wordsOf(error)));
  };
  useEffect(() => { if (opened) { setOpen(true); get(); } }, [opened]);
  const toggle = () => {
    if (!open) get();
    setOpen(!open);
  };
  return html`
    <div class="asked">
      <button type="button" class="link" aria-expanded=${open} aria-controls=${id} onClick=${toggle}>${label}</button>
      <div id=${id} hidden=${!open}>
        ${trouble ? html`<p><span class="trouble" role="alert">${trouble}</span> <button type="button" class="link" onClick=${get}>${t("try_again")}</button></p>`
          : data === null ? html`<p class="muted" role="status">${t("loading")}</p>` : open && children(data)}
      </div>
    </div>`;
}
