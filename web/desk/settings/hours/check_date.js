/** "What happens on 24 December?": answered from the draft, before it is saved. */
import { html } from "htm/preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Problem, wordsOf } from "../../api/problem.js";
import { serverTime } from "../../page/clock.js";
import { languageName } from "../../language/formats.js";
import { region, t } from "../../language/words.js";
import { Field } from "../../parts/field.js";
import { wordsOfFault } from "../documents/faults/fault_view.js";
import { faultsOf } from "../documents/faults/faults.js";
import { addDays, isDate, wallClock, weekdayOf } from "./days_off/closures.js";
import { lookUp } from "./dates.js";
import { dateName, weekdayName, windowsName } from "./hours_words.js";

/** @typedef {import("./dates.js").DateFound} DateFound */
/** @typedef {import("./hours_page.js").Asked} Asked */

/** @param {{document: import("../documents/document.js").SettingsDocument, name: string, asked: Asked | null}} props */
export function CheckDate({ document, name, asked }) {
  const zone = document.draft.value.calendars[name].time_zone;
  const [date, setDate] = useState(() => addDays(today(zone), 1));
  const [at, setAt] = useState("12:00");
  const [found, setFound] = useState(/** @type {DateFound | null} */ (null));
  const [trouble, setTrouble] = useState("");
  const section = useRef(/** @type {HTMLElement | null} */ (null));
  const ask = async (/** @type {Asked} */ when) => {
    setTrouble("");
    try {
      setFound(await lookUp(document.draft.peek(), name, when));
    } catch (error) {
      setFound(null);
      setTrouble(troubleWords(error));
    }
  };
  useEffect(() => {
    if (!asked) return;
    setDate(asked.date);
    setAt(asked.at);
    section.current?.scrollIntoView({ block: "nearest" });
    void ask(asked);
  }, [asked]);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (isDate(date)) void ask({ date, at: at || "12:00" });
    else setTrouble(t("hours.wrong.first"));
  };
  return html`
    <section class="panel" aria-labelledby="check-date" ref=${section}>
      <h2 id="check-date">${t("hours.check")}</h2>
      <form class="add-line" onSubmit=${submit} noValidate>
        <${Field} label=${t("hours.date")}>
          ${(/** @type {any} */ attributes) => html`<input ...${attributes} type="date" value=${date} onInput=${(/** @type {any} */ event) => setDate(event.currentTarget.value)} />`}
        </${Field}>
        <${Field} label=${t("hours.check.at")}>
          ${(/** @type {any} */ attributes) => html`<input ...${attributes} type="time" value=${at} onInput=${(/** @type {any} */ event) => setAt(event.currentTarget.value)} />`}
        </${Field}>
        <button type="submit">${t("hours.check.ask")}</button>
      </form>
      <div role="status" class="answer">
        ${trouble && html`<p class="trouble">${trouble}</p>`}
        ${found && html`<${Found} found=${found} />`}
        ${found && document.isChanged.value && html`<p class="muted">${t("hours.check.of_draft")}</p>`}
      </div>
    </section>`;
}

/** @param {string} zone */
const today = (zone) => wallClock(serverTime(), zone).date;

/** @param {unknown} error */
function troubleWords(error) {
  if (!(error instanceof Problem) || error.status !== 422) return wordsOf(error);
  return [...new Set(faultsOf(error.document).map(wordsOfFault))].join(" ");
}

/** @param {{found: DateFound}} props */
function Found({ found }) {
  const { date, windows, moment, time_zone: zone, closed_texts: texts, overruled } = found;
  const otherwise = overruled[0];
  return html`
    <p><b>${dateName(date)}: ${windows.length ? t("hours.open_from", { windows: windowsName(windows) }) : t("hours.closed_all_day")}</b></p>
    <p>${whyWords(found)}
      ${otherwise && html` <span class="muted">${t("hours.otherwise", { why: whyWords({ ...otherwise, date }), windows: windowsName(otherwise.windows) })}</span>`}</p>
    <p>${momentWords(moment, zone)}</p>
    ${texts.length > 0 && html`
      <p>${t("hours.told")}</p>
      <ul class="told-then">${texts.map((one) => html`<li key=${one.language}><q lang=${one.language}>${one.text}</q> <span class="muted">${languageName(one.language)}</span></li>`)}</ul>`}`;
}

/** @param {Pick<DateFound, "rule" | "label" | "date">} found */
function whyWords({ rule, label, date }) {
  return t(label ? `hours.why.${rule}_named` : `hours.why.${rule}`, { label, day: weekdayName(weekdayOf(date)) });
}

/** @param {DateFound["moment"]} moment @param {string} zone */
function momentWords({ at, is_open, next_opening, next_closing }, zone) {
  const time = wallTime(at, zone);
  if (is_open && next_closing && wallClock(Date.parse(next_closing), zone).date === wallClock(Date.parse(at), zone).date) {
    return t("hours.moment.open_today", { time, until: wallTime(next_closing, zone) });
  }
  if (is_open) return next_closing ? t("hours.moment.open", { time, until: wallMoment(next_closing, zone) }) : t("hours.moment.always", { time });
  return next_opening ? t("hours.moment.closed", { time, again: wallMoment(next_opening, zone) }) : t("hours.moment.never", { time });
}

/** @param {string} instant @param {string} zone */
function wallTime(instant, zone) {
  return new Intl.DateTimeFormat(region(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(new Date(instant));
}

/** @param {string} instant @param {string} zone */
function wallMoment(instant, zone) {
  const { date } = wallClock(Date.parse(instant), zone);
  return t("hours.moment.at", { date: dateName(date), time: wallTime(instant, zone) });
}
