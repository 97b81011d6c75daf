/** To promise a call: the customer is told by when, and a clock runs until somebody says that it is done. */
import { html } from "htm/preact";
import { useRef, useState } from "preact/hooks";
import { act } from "../../api/api.js";
import { isUnanswered, wordsOf } from "../../api/problem.js";
import { serverTime } from "../../page/clock.js";
import { me } from "../../person/me.js";
import { tell } from "../../page/messages.js";
import { duration, zone } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { Dialog } from "../../parts/dialog.js";
import { Field } from "../../parts/field.js";
import { Note } from "./hand_on_dialog.js";
import { closeAct } from "./open_act.js";
import { asField } from "./snooze_times.js";

const WITHIN_SECONDS = [900, 1_800, 3_600, 7_200, 14_400, 86_400];
const LONGEST_MS = 30 * 86_400_000;
const MOST_NAME = 60;

/** @param {{talk: import("../talk.js").Talk}} props */
export function CallBackDialog({ talk }) {
  const key = useRef(crypto.randomUUID());
  const [now] = useState(serverTime);
  const [how, setHow] = useState("within");
  const [within, setWithin] = useState(1_800);
  const [hours, setHours] = useState(true);
  const [at, setAt] = useState(() => asField(now + 3_600_000));
  const [name, setName] = useState(me.value?.display_name ?? "");
  const [note, setNote] = useState("");
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  // As long as nobody knows whether it is promised, it is asked again as it is: changed, it would be a second promise.
  const [unanswered, setUnanswered] = useState(false);
  const instant = new Date(at).getTime();
  const isFit = how === "within" || (instant > now + 60_000 && instant < now + LONGEST_MS);
  const promise = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!isFit || busy) return;
    setBusy(true);
    const by = how === "within" ? { within_seconds: within, in_opening_hours: hours } : { at: new Date(instant).toISOString() };
    try {
      await act(`/conversations/${talk.id}/call-back`, { ...by, name: name.trim(), note: note.trim() }, { key: key.current });
      tell(t("act.call_promised"));
      closeAct();
    } catch (error) {
      setTrouble(wordsOf(error));
      setUnanswered(isUnanswered(error));
      // Another promise is another message: what was refused once is asked under a new key.
      if (!isUnanswered(error)) key.current = crypto.randomUUID();
    }
    setBusy(false);
    void talk.readOn();
  };
  return html`
    <${Dialog} title=${t("act.call_back")} onClose=${closeAct}>
      <form class="fields" onSubmit=${promise} onInput=${() => setTrouble("")}>
        <p class="muted">${t("call_back.why")}</p>
        <fieldset class="fields" disabled=${busy || unanswered}>
          <fieldset class="fields">
            <legend class="aside-only">${t("call_back.when")}</legend>
            <label class="check"><input type="radio" name="how" checked=${how === "within"} onChange=${() => setHow("within")} /> ${t("call_back.within")}</label>
            ${how === "within" && html`<${Within} within=${within} setWithin=${setWithin} hours=${hours} setHours=${setHours} />`}
            <label class="check"><input type="radio" name="how" checked=${how === "at"} onChange=${() => setHow("at")} /> ${t("call_back.at")}</label>
            ${how === "at" && html`
              <${Field} label=${t("call_back.moment")} hint=${t("snooze.zone", { zone: zone() })} wrong=${isFit ? "" : t("call_back.unfit")}>
                ${(/** @type {any} */ attributes) => html`
                  <input ...${attributes} type="datetime-local" required value=${at} min=${asField(now)} onInput=${(/** @type {any} */ event) => setAt(event.currentTarget.value)} />`}
              <//>`}
          </fieldset>
          <${Field} label=${t("call_back.name")} hint=${t("call_back.name_hint")}>
            ${(/** @type {any} */ attributes) => html`
              <input ...${attributes} maxlength=${MOST_NAME} value=${name} onInput=${(/** @type {any} */ event) => setName(event.currentTarget.value)} />`}
          <//>
          <${Note} label=${t("transfer.note")} note=${note} setNote=${setNote} />
        </fieldset>
        ${trouble && html`<p class="trouble" role="alert">${trouble}${unanswered && ` ${t("call_back.unanswered")}`}</p>`}
        <div class="buttons end">
          <button type="button" onClick=${closeAct}>${t("cancel")}</button>
          <button type="submit" class="main" disabled=${!isFit || busy}>${t(unanswered ? "try_again" : "call_back.promise")}</button>
        </div>
      </form>
    <//>`;
}

/** @param {{within: number, setWithin: (seconds: number) => void, hours: boolean, setHours: (on: boolean) => void}} props */
function Within({ within, setWithin, hours, setHours }) {
  return html`
    <${Field} label=${t("call_back.how_long")}>
      ${(/** @type {any} */ attributes) => html`
        <select ...${attributes} onChange=${(/** @type {any} */ event) => setWithin(Number(event.currentTarget.value))}>
          ${WITHIN_SECONDS.map((seconds) => html`<option key=${seconds} value=${seconds} selected=${seconds === within}>${duration(seconds)}</option>`)}
        </select>`}
    <//>
    <label class="check"><input type="checkbox" checked=${hours} onChange=${() => setHours(!hours)} /> ${t("call_back.hours")}</label>`;
}
