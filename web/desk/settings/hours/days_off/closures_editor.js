/** The days on which a calendar is closed: a list, and a line to add to it. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { serverTime } from "../../../page/clock.js";
import { t } from "../../../language/words.js";
import { Field } from "../../../parts/field.js";
import { inOrder, wallClock, writtenClosure, wrongClosure } from "./closures.js";
import { closureName } from "../hours_words.js";

/** @typedef {import("../../documents/document.js").SettingsDocument} SettingsDocument */
/** @typedef {import("./closures.js").Closure} Closure */
/** @typedef {Closure & {place: number}} Placed */

const EMPTY = { first: "", last: "", label: "" };

/** @param {{document: SettingsDocument, name: string}} props */
export function ClosuresEditor({ document, name }) {
  const [begun, setBegun] = useState(/** @type {Closure} */ (EMPTY));
  const calendar = document.draft.value.calendars[name];
  const all = inOrder(calendar.closed ?? []);
  const { date: today } = wallClock(serverTime(), calendar.time_zone);
  const [past, coming] = [all.filter((one) => one.last < today), all.filter((one) => one.last >= today)];
  const path = ["calendars", name, "closed"];
  const change = (/** @type {Placed} */ one) => {
    setBegun({ first: one.first, last: one.last === one.first ? "" : one.last, label: one.label });
    document.take([...path, one.place]);
  };
  const lines = (/** @type {Placed[]} */ some) => html`<${Lines} document=${document} path=${path} closures=${some} onChange=${change} />`;
  return html`
    <section class="panel" aria-labelledby="closed">
      <h2 id="closed">${t("hours.closures")}</h2>
      ${coming.length ? lines(coming) : html`<p class="muted">${t("hours.closures.none")}</p>`}
      ${past.length > 0 && html`<details><summary>${t("hours.closures.past", { count: past.length })}</summary>${lines(past)}</details>`}
      ${document.mayWrite && html`
        <${AddClosure} begun=${begun} onBegun=${setBegun}
          onAdd=${(/** @type {Closure} */ one) => document.put(path, [...(calendar.closed ?? []), writtenClosure(one)])} />`}
    </section>`;
}

/** @param {{document: SettingsDocument, path: string[], closures: Placed[], onChange: (one: Placed) => void}} props */
function Lines({ document, path, closures, onChange }) {
  return html`
    <ul class="lines">
      ${closures.map((one) => {
        const named = closureName(one);
        const wrong = document.wrongAt([...path, one.place]);
        return html`
          <li key=${`${one.first} ${one.last} ${one.place}`}>
            <span>${named} ${wrong && html`<span class="trouble">${wrong}</span>`}</span>
            ${document.mayWrite && html`
              <button type="button" class="plain" aria-label=${`${t("hours.change")}: ${named}`} onClick=${() => onChange(one)}>${t("hours.change")}</button>
              <button type="button" class="plain" aria-label=${`${t("hours.remove")}: ${named}`} onClick=${() => document.take([...path, one.place])}>${t("hours.remove")}</button>`}
          </li>`;
      })}
    </ul>`;
}

/** @param {{begun: Closure, onBegun: (closure: Closure) => void, onAdd: (closure: Closure) => void}} props */
function AddClosure({ begun, onBegun, onAdd }) {
  const [tried, setTried] = useState(false);
  const wrong = wrongClosure(begun);
  const isBegun = begun.first || begun.last || begun.label;
  const add = (/** @type {Event} */ event) => {
    event.preventDefault();
    setTried(!!wrong);
    if (wrong) return;
    onAdd({ ...begun, last: begun.last || begun.first });
    onBegun(EMPTY);
  };
  const field = (/** @type {keyof Closure} */ part, /** @type {string} */ type, /** @type {string} */ words) => html`
    <${Field} label=${t(words)} wrong=${tried && wrong && part === (wrong === "hours.wrong.first" ? "first" : "last") ? t(wrong) : undefined}>
      ${(/** @type {any} */ attributes) => html`
        <input ...${attributes} type=${type} maxlength="120" value=${begun[part]}
          onInput=${(/** @type {any} */ event) => onBegun({ ...begun, [part]: event.currentTarget.value })} />`}
    </${Field}>`;
  return html`
    <form class="add-line" onSubmit=${add} noValidate>
      ${field("first", "date", "hours.first")}
      ${field("last", "date", "hours.last")}
      ${field("label", "text", "hours.label")}
      <button type="submit">${t("hours.closures.add")}</button>
      ${isBegun && html`<span class="hint">${t("hours.not_added_yet")}</span>`}
    </form>`;
}
