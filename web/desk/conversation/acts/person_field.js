/** A field to find a colleague in: who is there comes first, with what they have. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { read } from "../../api/api.js";
import { wordsOf } from "../../api/problem.js";
import { me } from "../../person/me.js";
import { t } from "../../language/words.js";
import { Field } from "../../parts/field.js";
import { found } from "./people.js";

const MOST_PAGES = 10;
const SHOWN = 12;

/** @typedef {import("../../api/shapes.d.ts").Colleague} Colleague */

/** @param {{label: string, chosen: string, onChoose: (id: string) => void, except?: string[]}} props */
export function PersonField({ label, chosen, onChoose, except = [] }) {
  const [people, trouble] = usePeople();
  const [words, setWords] = useState("");
  const all = found(people ?? [], words, [...except, me.value?.agent_id ?? ""]);
  return html`
    <${Field} label=${label}>
      ${(/** @type {any} */ attributes) => html`
        <input ...${attributes} type="search" autocomplete="off" value=${words}
          onInput=${(/** @type {any} */ event) => setWords(event.currentTarget.value)} />`}
    <//>
    ${trouble && html`<p class="trouble" role="alert">${trouble}</p>`}
    ${!people && !trouble && html`<p class="muted" role="status">${t("loading")}</p>`}
    ${people && !all.length && html`<p class="muted">${t("people.none")}</p>`}
    <fieldset class="colleagues">
      <legend class="aside-only">${label}</legend>
      ${all.slice(0, SHOWN).map((one) => html`
        <label class="person" key=${one.agent_id}>
          <input type="radio" name="person" value=${one.agent_id} checked=${chosen === one.agent_id} onChange=${() => onChoose(one.agent_id)} />
          <span class="name">${one.display_name || t("colleague", { id: one.agent_id.slice(0, 8) })}</span>
          <small class="muted"><span class="dot ${one.presence}"></span> ${t(`presence.${one.presence}`)} · ${t("people.load", { load: one.load, capacity: one.capacity })}</small>
        </label>`)}
      ${all.length > SHOWN && html`<p class="muted">${t("people.more", { count: all.length - SHOWN })}</p>`}
    </fieldset>`;
}

/** As they are now, and not as they were when the desk was opened. @returns {[Colleague[] | null, string]} */
function usePeople() {
  const [people, setPeople] = useState(/** @type {Colleague[] | null} */ (null));
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    let isOver = false;
    (async () => {
      /** @type {Colleague[]} */
      const all = [];
      for (let page = 0, cursor; page < MOST_PAGES && cursor !== null && !isOver; page += 1) {
        const answer = await read("/agents", { limit: 50, cursor });
        all.push(...answer.agents);
        cursor = answer.next;
      }
      if (!isOver) setPeople(all);
    })().catch((error) => setTrouble(wordsOf(error)));
    return () => { isOver = true; };
  }, []);
  return [people, trouble];
}
