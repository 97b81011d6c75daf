/** To put a conversation aside until it is its time. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { serverTime } from "../../page/clock.js";
import { moment, zone } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Dialog } from "../../parts/dialog.js";
import { Field } from "../../parts/field.js";
import { closeAct } from "./open_act.js";
import { snooze } from "./perform.js";
import { asField, faultOf, snoozeTimes } from "./snooze_times.js";

/** @param {{talk: import("../talk.js").Talk}} props */
export function SnoozeDialog({ talk }) {
  const [now] = useState(serverTime);
  const [chosen, setChosen] = useState(() => asField(snoozeTimes(now).at(-1)?.at ?? now));
  const fault = faultOf(new Date(chosen).getTime(), now);
  const until = (/** @type {number} */ at) => {
    closeAct();
    void snooze(talk, at);
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!fault) until(new Date(chosen).getTime());
  };
  return html`
    <${Dialog} title=${t("act.snooze")} onClose=${closeAct}>
      <p class="muted">${t("snooze.why")}</p>
      <div class="times">
        ${snoozeTimes(now).map(({ name, at }) => html`
          <button type="button" key=${name} onClick=${() => until(at)}><b>${t(`snooze.${name}`)}</b> <span class="muted">${moment(at, now)}</span></button>`)}
      </div>
      <form class="add-line" onSubmit=${submit}>
        <${Field} label=${t("snooze.until")} hint=${t("snooze.zone", { zone: zone() })} wrong=${fault && t(`snooze.${fault}`)}>
          ${(/** @type {any} */ attributes) => html`
            <input ...${attributes} type="datetime-local" required value=${chosen} min=${asField(now)}
              onInput=${(/** @type {any} */ event) => setChosen(event.currentTarget.value)} />`}
        <//>
        <button type="submit" class="main" disabled=${!!fault}>${t("act.snooze")}</button>
      </form>
    <//>`;
}
