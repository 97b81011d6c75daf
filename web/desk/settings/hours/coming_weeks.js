/** The coming four weeks, day by day, as the draft has them: in words, to be read. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { wordsOf } from "../../api/problem.js";
import { serverTime } from "../../page/clock.js";
import { t } from "../../language/words.js";
import { addDays, wallClock, weekdayOf } from "./days_off/closures.js";
import { lookUp } from "./dates.js";
import { dateName, windowsName } from "./hours_words.js";

/** @typedef {import("./dates.js").DateFound} DateFound */

const WEEKS = 4;
const AT_ONCE = 3;

/** @param {{document: import("../documents/document.js").SettingsDocument, name: string}} props */
export function ComingWeeks({ document, name }) {
  const [shown, setShown] = useState(/** @type {{of: any, name: string, days: DateFound[]} | null} */ (null));
  const [state, setState] = useState("");
  const draft = document.draft.value;
  const show = async () => {
    setState(t("loading"));
    try {
      setShown({ of: draft, name, days: await readDays(draft, name) });
      setState("");
    } catch (error) {
      setState(wordsOf(error));
    }
  };
  const isStale = !shown || shown.of !== draft || shown.name !== name;
  return html`
    <section class="panel" aria-labelledby="weeks">
      <h2 id="weeks">${t("hours.weeks")}</h2>
      ${shown?.name === name && html`<${Weeks} days=${shown.days} />`}
      ${state && html`<p role="status" class="muted">${state}</p>`}
      ${isStale && html`<div><button type="button" onClick=${() => void show()}>${t(shown ? "hours.weeks.again" : "hours.weeks.show")}</button></div>`}
    </section>`;
}

/** From Monday of this week on, a few at a time. @param {any} draft @param {string} name */
async function readDays(draft, name) {
  const { date: today } = wallClock(serverTime(), draft.calendars[name].time_zone);
  const monday = addDays(today, -weekdayOf(today));
  const dates = Array.from({ length: WEEKS * 7 }, (_, i) => addDays(monday, i));
  /** @type {DateFound[]} */
  const days = [];
  for (let from = 0; from < dates.length; from += AT_ONCE) {
    days.push(...(await Promise.all(dates.slice(from, from + AT_ONCE).map((date) => lookUp(draft, name, { date })))));
  }
  return days;
}

/** @param {{days: DateFound[]}} props */
function Weeks({ days }) {
  return html`
    <ol class="coming">
      ${days.map((day) => html`
        <li key=${day.date} class=${day.windows.length ? "" : "off"}>
          <b>${dateName(day.date, "short")}</b>
          <span>${windowsName(day.windows)}</span>
          ${day.rule !== "weekly" && html`<small>${day.label || t(`hours.rule.${day.rule}`)}</small>`}
        </li>`)}
    </ol>`;
}
