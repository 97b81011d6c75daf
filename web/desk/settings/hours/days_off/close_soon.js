/** Close tomorrow, or today from now on: one press each, and then it is shown what comes of it. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { wordsOf } from "../../../api/problem.js";
import { serverTime } from "../../../page/clock.js";
import { tell, tellTrouble } from "../../../page/messages.js";
import { t } from "../../../language/words.js";
import { put, same } from "../../documents/pointers.js";
import { addDays, closedOn, dayOf, wallClock, writtenDay } from "./closures.js";
import { lookUp } from "../dates.js";
import { clock, cutAt, passesMidnight } from "../windows.js";

/** @typedef {import("../../documents/document.js").SettingsDocument} SettingsDocument */

/** @param {{document: SettingsDocument, name: string, onAsk: (asked: import("../hours_page.js").Asked) => void}} props */
export function CloseSoon({ document, name, onAsk }) {
  const [busy, setBusy] = useState(false);
  const here = () => wallClock(serverTime(), document.draft.peek().calendars[name].time_zone);
  const tomorrow = () => {
    const date = addDays(here().date, 1);
    document.forget(["calendars", name, "special", date]); // its line goes, and with it what was typed there
    document.change((/** @type {any} */ draft) => put(draft, ["calendars", name], closedOn(draft.calendars[name], date, "")));
    onAsk({ date, at: "12:00" });
  };
  const today = async () => {
    setBusy(true);
    try {
      const { date, minute } = here();
      const days = await cutDays(document.draft.peek(), name, date, minute);
      if (!days.length) tell(t("hours.close.closed_already"));
      for (const { on, day } of days) document.type(["calendars", name, "special", on], "", day);
      onAsk({ date, at: clock(minute) });
    } catch (error) {
      tellTrouble(wordsOf(error), { label: t("try_again"), act: () => void today() });
    }
    setBusy(false);
  };
  return html`
    <div class="buttons">
      <button type="button" onClick=${tomorrow}>${t("hours.close.tomorrow")}</button>
      <button type="button" disabled=${busy} onClick=${() => void today()}>${t("hours.close.today")}</button>
      <span class="muted">${t("hours.close.hint")}</span>
    </div>`;
}

/** The days whose windows have to end now: today, and yesterday where its night shift runs yet. @param {any} draft @param {string} name @param {string} today @param {number} minute */
async function cutDays(draft, name, today, minute) {
  const dates = [today, addDays(today, -1)];
  const found = await Promise.all(dates.map((date) => lookUp(draft, name, { date, at: "12:00" })));
  return found.flatMap(({ windows }, i) => {
    const isYesterday = i === 1;
    if (isYesterday && !passesMidnight(windows)) return [];
    const left = cutAt(windows, minute, isYesterday);
    if (same(left, windows)) return [];
    const on = /** @type {string} */ (dates[i]);
    const { label } = dayOf(draft.calendars[name].special?.[on] ?? []);
    return [{ on, day: writtenDay({ windows: left, label }) }];
  });
}
