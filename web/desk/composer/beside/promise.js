/** "Answer by": what the reply promises, beside the button that sends it. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { serverTime } from "../../page/clock.js";
import { duration, moment, timeOfDay } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Dialog } from "../../parts/dialog.js";
import { Field } from "../../parts/field.js";
import { Icon } from "../../parts/icon.js";
import { Menu } from "../../parts/menu.js";
import { laterToday, nextAt } from "./promise_rules.js";

/** @typedef {import("../writing.js").Writing} Writing */
/** @typedef {import("../writing.js").Promised} Promised */

const SOON_SECONDS = [1_200, 3_600, 2 * 3_600];
const HOURS = [12, 17];

/** @param {{writing: Writing}} props */
export function PromiseMenu({ writing }) {
  const [asking, setAsking] = useState(false);
  const { promise } = writing.now.value;
  const set = (/** @type {Promised | null} */ to) => writing.change({ promise: to });
  const choices = [
    ...SOON_SECONDS.map((seconds) => ({ label: t("write.promise.in", { time: duration(seconds) }), act: () => set({ seconds }) })),
    ...laterToday(serverTime(), HOURS).map((at) => ({ label: t("write.promise.by", { time: timeOfDay(at) }), act: () => set({ at }) })),
    { label: t("write.promise.other"), act: () => setAsking(true) },
    ...(promise ? [{ label: t("write.promise.none"), act: () => set(null) }] : []),
  ];
  return html`
    <${Menu} choices=${choices} place="up start" buttonClass=${promise ? "promised" : "plain"} name=${promise ? wordsOfPromise(promise) : t("write.promise.menu")}>
      <${Icon} mark="clock" /><span class="wide-only">${promise ? wordsOfPromise(promise) : t("write.promise.menu")}</span>
    <//>
    ${asking && html`<${PromiseAt} onClose=${() => setAsking(false)} onChoose=${(/** @type {number} */ at) => { set({ at }); setAsking(false); }} />`}`;
}

/** What is promised, where the menu has no room to say it. @param {{writing: Writing}} props */
export function PromiseWords({ writing }) {
  const { promise } = writing.now.value;
  return promise ? html`<span class="pill own narrow-only">${wordsOfPromise(promise)}</span>` : null;
}

/** @param {Promised} promise */
const wordsOfPromise = (promise) => ("seconds" in promise
  ? t("write.promise.in", { time: duration(promise.seconds) })
  : t("write.promise.by", { time: moment(promise.at, serverTime()) }));

/** @param {{onClose: () => void, onChoose: (at: number) => void}} props */
function PromiseAt({ onClose, onChoose }) {
  const [time, setTime] = useState("");
  const at = time ? nextAt(time, serverTime()) : 0;
  return html`
    <${Dialog} title=${t("write.promise.menu")} onClose=${onClose}>
      <form class="fields" onSubmit=${(/** @type {Event} */ event) => { event.preventDefault(); if (at) onChoose(at); }}>
        <${Field} label=${t("write.promise.time")} hint=${at ? t("write.promise.by", { time: moment(at, serverTime()) }) : t("write.promise.hint")}>
          ${(/** @type {any} */ attributes) => html`
            <input ...${attributes} type="time" required value=${time}
              onInput=${(/** @type {any} */ event) => setTime(event.currentTarget.value)} />`}
        <//>
        <div class="buttons end"><button class="main" disabled=${!at}>${t("write.promise.choose")}</button></div>
      </form>
    <//>`;
}
