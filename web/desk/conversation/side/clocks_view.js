/** What is due and by when, how much time is used up, and why it is due then. */
import { html } from "htm/preact";
import { read } from "../../api/api.js";
import { now, serverTime } from "../../page/clock.js";
import { duration, fullMoment, moment } from "../../language/formats.js";
import { t, wordFor } from "../../language/words.js";
import { reading } from "../../parts/countdown.js";
import { keepPromise } from "../acts/perform.js";
import { Asked } from "./asked.js";
import { isRunning, linesOf, share, shownClocks } from "./due.js";

/** @typedef {import("../talk.js").Talk} Talk */
/** @typedef {import("../../api/shapes.d.ts").Clock} Clock */

/** @param {{talk: Talk, clocks: readonly Clock[]}} props */
export function Clocks({ talk, clocks }) {
  const shown = shownClocks(clocks);
  return html`
    <section>
      <h3>${t("side.clocks")}</h3>
      ${!shown.length && html`<p class="muted">${t("side.no_clocks")}</p>`}
      ${shown.map((clock) => html`<${OneClock} key=${clock.kind + (clock.promise_id ?? "") + clock.started_at} talk=${talk} clock=${clock} />`)}
      ${shown.length > 0 && html`
        <${Asked} key=${talk.id} label=${t("why.ask")} load=${() => read(`/conversations/${talk.id}/clocks`)}>
          ${(/** @type {any} */ { clocks: explained }) => shownClocks(explained).map((clock) => html`<${Why} key=${clock.kind + clock.started_at} clock=${clock} />`)}
        <//>`}
    </section>`;
}

/** @param {{talk: Talk, clock: Clock}} props */
function OneClock({ talk, clock }) {
  const at = now.value;
  const read = isRunning(clock) ? reading({ at: clock.due_at, state: clock.state }, at) : null;
  const kind = read?.kind ?? (clock.state === "breached" ? "late" : "ok");
  const filled = Math.round(share(clock, at) * 100);
  return html`
    <div class="clock">
      <span>${wordFor(`clock.${clock.kind}`, clock.kind)}</span>
      <b class="clock-face ${kind}" title=${clock.due_at ? fullMoment(clock.due_at) : undefined}>${read?.text ?? wordFor(`clock_state.${clock.state}`, clock.state)}</b>
      <div class="meter ${kind}" aria-hidden="true"><i style=${{ width: `${filled}%` }}></i></div>
      ${clock.kind === "promise" && clock.promise_id && isRunning(clock) && html`
        <button type="button" onClick=${() => void keepPromise(talk, /** @type {string} */ (clock.promise_id))}>${t("side.keep")}</button>`}
    </div>`;
}

/** @param {{clock: Clock & {explanation: import("./due.js").Explanation}}} props */
function Why({ clock }) {
  const { explanation, target_seconds } = clock;
  const last = explanation.revisions.at(-1);
  return html`
    <div class="explained">
      <b>${wordFor(`clock.${clock.kind}`, clock.kind)}</b>
      <p>${t("why.target", { target: duration(target_seconds), counted: duration(explanation.counted_seconds) })}
        ${clock.due_at && html` ${t("why.due", { when: moment(clock.due_at, serverTime()) })}`}</p>
      <ul>
        ${linesOf(explanation).map((line) => html`
          <li key=${line.key + line.start} class=${line.counted ? "counts" : "rests"}>
            ${line.start && line.end && html`<span class="muted">${t("why.span", { from: moment(line.start, serverTime()), to: moment(line.end, serverTime()) })}</span> `}
            ${t(line.key, { label: line.label || "" })}: ${line.counted ? duration(line.seconds ?? 0) : t("why.uncounted")}
          </li>`)}
      </ul>
      ${last && html`<p class="muted"><small>${last.calendar
        ? t("why.by", { policy: last.policy, policy_version: last.policy_version, calendar: last.calendar, calendar_version: last.calendar_version })
        : t("why.by_around", { policy: last.policy, policy_version: last.policy_version })}</small></p>`}
      ${explanation.revisions.length > 1 && html`
        <ul>${explanation.revisions.slice(1).map((one) => html`
          <li key=${one.at + one.reason}><span class="muted">${moment(one.at, serverTime())}</span> ${t("why.changed", { why: wordFor(`changed.${one.reason}`, one.reason) })}</li>`)}</ul>`}
    </div>`;
}
