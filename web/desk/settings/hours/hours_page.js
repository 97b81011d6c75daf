/** Opening hours: the week, the days that are closed or otherwise, and what comes of them on a date. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { t } from "../../language/words.js";
import { Tabs } from "../../parts/tabs.js";
import { DocumentPage } from "../documents/document_page.js";
import { CheckDate } from "./check_date.js";
import { ClosuresEditor } from "./days_off/closures_editor.js";
import { CloseSoon } from "./days_off/close_soon.js";
import { ComingWeeks } from "./coming_weeks.js";
import { HolidaysEditor } from "./days_off/holidays_editor.js";
import { describeHours, placeOfHours } from "./hours_words.js";
import { ImportClosures } from "./days_off/import_closures.js";
import { CalendarsEditor, ZoneIn } from "./calendars_editor.js";
import { SpecialDaysEditor } from "./days_off/special_days_editor.js";
import { WeekEditor } from "./week_editor.js";

/** @typedef {import("../documents/document.js").SettingsDocument} SettingsDocument */
/** @typedef {{date: string, at: string}} Asked */

export default function HoursPage() {
  return html`
    <${DocumentPage} kind="opening_hours" intro=${t("hours.intro")} describe=${describeHours} place=${placeOfHours}
      whole=${(/** @type {SettingsDocument} */ document) => html`<${Hours} document=${document} />`} />`;
}

/** @param {{document: SettingsDocument}} props */
function Hours({ document }) {
  const [chosen, setChosen] = useState("default");
  const [asked, setAsked] = useState(/** @type {Asked | null} */ (null));
  const name = calendarOf(document, chosen);
  const part = { document, name };
  return html`
    <div class="with-beside">
      <div class="editor">
        <${CalendarTabs} document=${document} chosen=${name} onChoose=${setChosen} />
        <fieldset class="editor" id="calendar" disabled=${!document.mayWrite}>
          ${name && html`<${Calendar} key=${name} ...${part} onAsk=${setAsked} />`}
          <${CalendarsEditor} document=${document} onChoose=${setChosen} />
        </fieldset>
      </div>
      <div class="beside">
        ${name && html`
          <${CheckDate} key=${name} ...${part} asked=${asked} />
          <${ComingWeeks} ...${part} />
          ${document.mayWrite && html`<${ImportClosures} ...${part} />`}`}
      </div>
    </div>`;
}

/** The chosen calendar, or the first where it has gone. @param {SettingsDocument} document @param {string} chosen */
function calendarOf(document, chosen) {
  const names = Object.keys(document.draft.value?.calendars ?? {});
  return names.includes(chosen) ? chosen : (names[0] ?? "");
}

/** @param {{document: SettingsDocument, chosen: string, onChoose: (name: string) => void}} props */
function CalendarTabs({ document, chosen, onChoose }) {
  const names = Object.keys(document.draft.value.calendars ?? {});
  if (names.length < 2) return null;
  return html`
    <${Tabs} name=${t("hours.calendars")} panel="calendar" chosen=${chosen} onChoose=${onChoose}
      tabs=${names.map((name) => ({ id: name, label: name }))} />`;
}

/** @param {{document: SettingsDocument, name: string, onAsk: (asked: Asked) => void}} props */
function Calendar({ document, name, onAsk }) {
  const part = { document, name };
  return html`
    <div class="calendar">
      ${document.mayWrite && html`<${CloseSoon} ...${part} onAsk=${onAsk} />`}
      <${WeekEditor} ...${part} />
      <${ClosuresEditor} ...${part} />
      <${SpecialDaysEditor} ...${part} />
      <${HolidaysEditor} ...${part} />
      <${ZoneIn} ...${part} />
    </div>`;
}
