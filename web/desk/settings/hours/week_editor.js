/** The seven days of a calendar, a line of text each. */
import { html } from "htm/preact";
import { t } from "../../language/words.js";
import { Menu } from "../../parts/menu.js";
import { weekdayName } from "./hours_words.js";
import { daysOf, WEEKDAYS, withDays } from "./weekly.js";
import { WindowsIn } from "./windows_in.js";

/** @typedef {import("../documents/document.js").SettingsDocument} SettingsDocument */
/** @typedef {{document: SettingsDocument, name: string}} Props */

const SUNDAY = 6;

/** @param {Props} props */
export function WeekEditor({ document, name }) {
  const wrong = document.wrongAt(["calendars", name, "weekly"]);
  return html`
    <section class="panel" aria-labelledby="week">
      <h2 id="week">${t("hours.week")}</h2>
      <p class="muted">${t("hours.week.hint")}</p>
      ${wrong && html`<p class="trouble">${wrong}</p>`}
      <ol class="week">${WEEKDAYS.map((day, i) => html`<li key=${day}><${DayLine} document=${document} name=${name} day=${i} /></li>`)}</ol>
    </section>`;
}

/** @param {Props & {day: number}} props */
function DayLine({ document, name, day }) {
  const path = ["calendars", name, "weekly"];
  const weekly = document.draft.value.calendars[name].weekly;
  const windows = daysOf(weekly)[day] ?? [];
  const place = (/** @type {number} */ one) => [...path, /** @type {string} */ (WEEKDAYS[one])];
  const write = (/** @type {number} */ last, /** @type {import("./windows.js").Window[]} */ to) => {
    for (let one = day; one <= last; one += 1) document.forget(place(one));
    document.put(path, withDays(weekly, day, last, to));
  };
  const following = Array.from({ length: SUNDAY - day }, (_, i) => day + 1 + i);
  const copies = following.map((last) => ({ label: t("hours.copy_to", { day: weekdayName(last) }), act: () => write(last, windows) }));
  return html`
    <${WindowsIn} label=${weekdayName(day)} windows=${windows} typed=${document.typed(place(day))}
      onWindows=${(/** @type {import("./windows.js").Window[]} */ to) => write(day, to)}
      onUnfit=${(/** @type {string} */ text) => document.type(place(day), text, undefined)} />
    ${copies.length > 0 && document.mayWrite && html`
      <${Menu} choices=${copies} name=${`${t("hours.copy")}: ${weekdayName(day)}`}>${t("hours.copy")}</${Menu}>`}`;
}
