/** Which other queues' agents are asked too, and after how long. */
import { html } from "htm/preact";
import { t } from "../../language/words.js";
import { asChoices, ChoiceIn, NumberIn } from "../documents/fields.js";
import { at } from "../documents/pointers.js";

const MOST = 5;

/** @param {{document: import("../documents/document.js").SettingsDocument, path: (string | number)[], queues: string[]}} props */
export function Overflow({ document, path, queues }) {
  /** @type {{queue: string, after_seconds?: number}[]} */
  const all = at(document.draft.value, path) ?? [];
  const free = queues.filter((name) => !all.some((one) => one.queue === name));
  const change = (/** @type {any[]} */ next) => {
    document.forget(path);
    document.put(path, next);
  };
  if (!queues.length && !all.length) return null;
  return html`
    <section class="fields">
      <h3>${t("field.overflow")}</h3>
      ${all.map((one, i) => html`
        <div class="add-line" key=${i}>
          <${ChoiceIn} document=${document} path=${[...path, i, "queue"]} label=${t("field.queue")} choices=${asChoices([one.queue, ...free])} />
          <${NumberIn} document=${document} path=${[...path, i, "after_seconds"]} label=${t("field.after_seconds")} most=${86_400} />
          ${document.mayWrite && html`
            <button type="button" class="plain" aria-label=${`${t("list.take")}: ${one.queue}`} onClick=${() => change(all.toSpliced(i, 1))}>${t("list.take")}</button>`}
        </div>`)}
      ${document.mayWrite && free[0] && all.length < MOST && html`
        <div><button type="button" onClick=${() => change([...all, { queue: free[0], after_seconds: 120 }])}>${t("queues.overflow.add")}</button></div>`}
    </section>`;
}
