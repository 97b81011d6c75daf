/** What fits what is being typed after a sign, as a list over the field that arrows move in. */
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../language/words.js";

/** @typedef {{id: string, title: string, detail: string, badge?: string, missing?: boolean, choose: () => void}} Suggestion */

/** @param {{id: string, name: string, list: Suggestion[], active: number, trouble: string, waiting: boolean}} props */
export function Suggestions({ id, name, list, active, trouble, waiting }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    box.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active, list]);
  const words = trouble || (waiting ? t("loading") : t("write.suggest.none"));
  return html`
    <div class="suggestions">
      <div role="listbox" id=${id} aria-label=${name} ref=${box} hidden=${!list.length}>
        ${list.map((one, number) => html`
          <div role="option" key=${one.id} id="${id}-${number}" aria-selected=${number === active}
            class="suggestion" onMouseDown=${(/** @type {Event} */ event) => event.preventDefault()} onClick=${one.choose}>
            <span class="suggestion-title"><b>${one.title}</b>
              ${one.badge && html`<span class="tag">${one.badge}</span>`}
              ${one.missing && html`<span class="pill due">${t("write.suggest.missing")}</span>`}</span>
            <span class="suggestion-detail">${one.detail}</span>
          </div>`)}
      </div>
      ${!list.length && html`<p class="suggestions-words ${trouble ? "trouble" : "muted"}">${words}</p>`}
      <span class="aside-only" role="status">${list.length ? t("write.suggest.found", { count: list.length }) : words}</span>
    </div>`;
}
