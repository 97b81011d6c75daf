/** The time zone of a calendar, and which calendars there are: more than one, and those of channel accounts. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { t } from "../../language/words.js";
import { Field } from "../../parts/field.js";
import { AddName } from "../documents/add_name.js";
import { ChoiceIn } from "../documents/fields.js";
import { put } from "../documents/pointers.js";

/** @typedef {import("../documents/document.js").SettingsDocument} SettingsDocument */

const ZONES = Intl.supportedValuesOf("timeZone").map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }));
const ACCOUNT = /^[a-z0-9_-]{1,32}:.{1,128}$/;

/** @param {{document: SettingsDocument, name: string}} props */
export function ZoneIn({ document, name }) {
  return html`
    <section class="panel">
      <${ChoiceIn} document=${document} path=${["calendars", name, "time_zone"]} label=${t("hours.zone")} hint=${t("hours.zone.hint")} choices=${ZONES} />
    </section>`;
}

/** @param {{document: SettingsDocument, onChoose: (name: string) => void}} props */
export function CalendarsEditor({ document, onChoose }) {
  const { calendars = {}, accounts = {} } = document.draft.value;
  const names = Object.keys(calendars);
  const isOpen = names.length > 1 || Object.keys(accounts).length > 0 || !!document.wrongAt(["accounts"]);
  const add = (/** @type {string} */ name) => {
    const like = calendars[names[0] ?? ""];
    document.put(["calendars", name], { time_zone: like?.time_zone ?? "Europe/Rome", weekly: like?.weekly ?? {}, closed: [], special: {}, holidays: like?.holidays ?? [] });
    onChoose(name);
  };
  return html`
    <details class="panel" open=${isOpen}>
      <summary>${t("hours.calendars")}</summary>
      <p class="muted">${t("hours.calendars.hint")}</p>
      <ul class="lines">${names.map((name) => html`
        <li key=${name}>
          <span>${name}</span>
          ${document.mayWrite && names.length > 1 && html`
            <button type="button" class="plain" aria-label=${`${t("hours.remove")}: ${name}`} onClick=${() => document.take(["calendars", name])}>${t("hours.remove")}</button>`}
        </li>`)}</ul>
      ${document.mayWrite && html`<${AddName} label=${t("hours.calendars.name")} button=${t("hours.calendars.add")} taken=${names} onAdd=${add} />`}
      <h3>${t("hours.accounts")}</h3>
      <p class="muted">${t("hours.accounts.hint")}</p>
      <${Accounts} document=${document} accounts=${accounts} names=${names} />
    </details>`;
}

/** @param {{document: SettingsDocument, accounts: Record<string, string>, names: string[]}} props */
function Accounts({ document, accounts, names }) {
  const [account, setAccount] = useState("");
  const [tried, setTried] = useState(false);
  const wrong = ACCOUNT.test(account) ? "" : t("hours.accounts.wrong");
  const choices = names.map((name) => ({ value: name, label: name }));
  const add = (/** @type {Event} */ event) => {
    event.preventDefault();
    setTried(!!wrong);
    if (wrong) return;
    document.change((/** @type {any} */ draft) => put(draft, ["accounts", account], names[0]));
    setAccount("");
  };
  return html`
    ${Object.keys(accounts).map((one) => html`
      <div class="add-line" key=${one}>
        <${ChoiceIn} document=${document} path=${["accounts", one]} label=${one} choices=${choices} />
        ${document.mayWrite && html`
          <button type="button" class="plain" aria-label=${`${t("hours.remove")}: ${one}`} onClick=${() => document.take(["accounts", one])}>${t("hours.remove")}</button>`}
      </div>`)}
    ${document.wrongAt(["accounts"]) && html`<p class="trouble">${document.wrongAt(["accounts"])}</p>`}
    ${document.mayWrite && html`
      <form class="add-line" onSubmit=${add}>
        <${Field} label=${t("hours.accounts.account")} wrong=${(tried && wrong) || undefined}>
          ${(/** @type {any} */ attributes) => html`
            <input ...${attributes} autocapitalize="off" autocomplete="off" placeholder="whatsapp:106540352242922" value=${account}
              onInput=${(/** @type {any} */ event) => setAccount(event.currentTarget.value.trim())} />`}
        </${Field}>
        <button type="submit">${t("hours.accounts.add")}</button>
      </form>`}`;
}
