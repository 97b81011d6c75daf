/** How the desk behaves on this machine. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { chooseLanguage, language, LANGUAGES, t } from "../language/words.js";
import { Dialog } from "../parts/dialog.js";
import { Field } from "../parts/field.js";
import { askToNotify, trySound } from "../person/bell.js";
import { choices, choose } from "../page/choices.js";
import { lettersAct, setLettersAct } from "../page/keys.js";
import { tellTrouble } from "../page/messages.js";

const SCHEMES = /** @type {const} */ (["system", "light", "dark"]);

/** @param {{onClose: () => void}} props */
export default function Preferences({ onClose }) {
  const { scheme, sound, notifications } = choices.value;
  return html`
    <${Dialog} title=${t("preferences")} onClose=${onClose}>
      <div class="fields row">
        <${Field} label=${t("preferences.language")}>${(/** @type {any} */ own) => html`
          <select ...${own} value=${language.value} onChange=${(/** @type {any} */ event) => void chooseLanguage(event.target.value).catch(() => tellTrouble(t("page_not_loaded")))}>
            ${LANGUAGES.map((code) => html`<option key=${code} value=${code} lang=${code}>${t(`language.${code}`)}</option>`)}
          </select>`}<//>
        <${Field} label=${t("preferences.scheme")}>${(/** @type {any} */ own) => html`
          <select ...${own} value=${scheme} onChange=${(/** @type {any} */ event) => choose({ scheme: event.target.value })}>
            ${SCHEMES.map((one) => html`<option key=${one} value=${one}>${t(`scheme.${one}`)}</option>`)}
          </select>`}<//>
      </div>
      <div class="fields">
        <${Check} label=${t("preferences.sound")} on=${sound} set=${(/** @type {boolean} */ on) => choose({ sound: on })} />
        <div class="buttons"><button type="button" onClick=${() => void trySound().catch(() => undefined)}>${t("preferences.try_sound")}</button></div>
        <${Notifying} on=${notifications} />
        <${Check} label=${t("preferences.letters")} on=${lettersAct.value} set=${setLettersAct} />
      </div>
    <//>`;
}

/** @param {{on: boolean}} props */
function Notifying({ on }) {
  const [permission, setPermission] = useState("Notification" in window ? Notification.permission : "denied");
  const set = async (/** @type {boolean} */ to) => {
    choose({ notifications: to });
    if (to) setPermission(await askToNotify());
  };
  return html`
    <${Check} label=${t("preferences.notifications")} on=${on && permission === "granted"} set=${set} />
    ${permission === "denied" && html`<p class="muted">${t("preferences.notifications_denied")}</p>`}`;
}

/** @param {{label: string, on: boolean, set: (on: boolean) => void}} props */
function Check({ label, on, set }) {
  return html`
    <label class="check">
      <input type="checkbox" checked=${on} onChange=${(/** @type {any} */ event) => set(event.target.checked)} /> ${label}
    </label>`;
}
