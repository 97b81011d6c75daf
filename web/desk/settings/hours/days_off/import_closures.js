/** Closures from a calendar that Google, Outlook or another programme exports: saved at once. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { call } from "../../../api/api.js";
import { Problem, wordsOf } from "../../../api/problem.js";
import { isSaid, t } from "../../../language/words.js";
import { Field } from "../../../parts/field.js";
import { closureOf } from "./closures.js";
import { closureName, dateName } from "../hours_words.js";

/** @typedef {{label?: string | null, reason: string, line: number, first?: string | null, days?: number}} Skipped */
/** @typedef {{imported: import("./closures.js").Written[], already_there: number, skipped: Skipped[], first: string, last: string}} Imported */

const MOST_BYTES = 256 * 1024;
const MOST_SHOWN = 100;

/** @param {{document: import("../../documents/document.js").SettingsDocument, name: string}} props */
export function ImportClosures({ document, name }) {
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const [done, setDone] = useState(/** @type {Imported | null} */ (null));
  const blocked = document.isChanged.value ? t("hours.import.draft_first") : "";
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!file) return;
    setTrouble("");
    setDone(null);
    if (file.size > MOST_BYTES) return setTrouble(t("hours.import.too_large"));
    setBusy(true);
    try {
      const { data } = await call("POST", `/settings/opening_hours/calendars/${encodeURIComponent(name)}/closures`, {
        body: await file.text(), type: "text/calendar", etag: `"${document.base.peek()?.version ?? 0}"`,
      });
      setDone(data);
      await document.open();
    } catch (error) {
      setTrouble(wordsOf(error));
      if (error instanceof Problem && error.status === 412) await document.open();
    }
    setBusy(false);
  };
  return html`
    <section class="panel" aria-labelledby="import">
      <h2 id="import">${t("hours.import")}</h2>
      <p class="muted">${t("hours.import.hint")}</p>
      <form class="add-line" onSubmit=${submit}>
        <${Field} label=${t("hours.import.file")}>
          ${(/** @type {any} */ attributes) => html`
            <input ...${attributes} type="file" accept=".ics,text/calendar" onChange=${(/** @type {any} */ event) => setFile(event.currentTarget.files?.[0] ?? null)} />`}
        </${Field}>
        <button type="submit" disabled=${busy || !file || !!blocked}>${t("hours.import.do")}</button>
      </form>
      <div role="status" class="answer">
        ${blocked && html`<p class="muted">${blocked}</p>`}
        ${trouble && html`<p class="trouble">${trouble}</p>`}
        ${done && html`<${Done} done=${done} />`}
      </div>
    </section>`;
}

/** @param {{done: Imported}} props */
function Done({ done }) {
  const { imported, already_there, skipped } = done;
  return html`
    <p><b>${t("hours.import.done", { count: imported.length })}</b> ${already_there > 0 && t("hours.import.there", { count: already_there })}</p>
    ${imported.length > 0 && html`<ul class="lines">${imported.slice(0, MOST_SHOWN).map((one, i) => html`<li key=${i}>${closureName(closureOf(one))}</li>`)}</ul>`}
    ${skipped.length > 0 && html`
      <p><b>${t("hours.import.skipped", { count: skipped.length })}</b></p>
      <ul class="lines">${skipped.slice(0, MOST_SHOWN).map((one, i) => html`<li key=${i}>${skippedWords(one, done)}</li>`)}</ul>`}
    ${Math.max(imported.length, skipped.length) > MOST_SHOWN && html`<p class="muted">${t("hours.import.shown", { count: MOST_SHOWN })}</p>`}`;
}

/** @param {Skipped} skipped @param {Imported} of */
function skippedWords({ label, reason, line, first }, of) {
  const why = isSaid(`hours.skipped.${reason}`) ? t(`hours.skipped.${reason}`, { from: dateName(of.first), to: dateName(of.last) }) : reason;
  const what = [label || t("hours.import.line", { line }), first && dateName(first)].filter(Boolean).join(", ");
  return `${what}: ${why}`;
}
