/** What the report is about: each field checked where it stands. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { read } from "../../api/api.js";
import { DEFINITIONS } from "../../api/values.js";
import { may } from "../../person/me.js";
import { t } from "../../language/words.js";
import { CHANNELS, channelName } from "../../inbox/row_view.js";
import { Field } from "../../parts/field.js";
import { addressOf, INTERVALS, wrongIn } from "./query.js";

/** @typedef {import("./query.js").Filters} Filters */

/**
 * @param {{filters: Filters, wrong: Partial<Record<keyof Filters, string>>, today: string,
 *   report: import("../shapes.d.ts").Report | null, reading: boolean, onAsk: (filters: Filters) => void}} props
 */
export function FiltersForm({ filters, wrong: wrongAtFirst, today, report, reading, onAsk }) {
  const [form, setForm] = useState(filters);
  const [wrong, setWrong] = useState(wrongAtFirst);
  useEffect(() => { setForm(filters); setWrong(wrongAtFirst); }, [addressOf(filters)]); // back, or a link
  const queues = useQueues(report, form.queue);
  const set = (/** @type {keyof Filters} */ name) => (/** @type {any} */ event) => setForm({ ...form, [name]: event.target.value.trim() });
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const found = wrongIn(form, today);
    setWrong(found);
    if (!Object.keys(found).length) onAsk(form);
  };
  const input = (/** @type {keyof Filters} */ name, /** @type {Record<string, any>} */ more) => html`
    <${Field} label=${t(`report.${name}`)} hint=${more.hint} wrong=${wrong[name] && t(/** @type {string} */ (wrong[name]))}>
      ${(/** @type {any} */ tied) => html`<input ...${tied} type=${more.type} inputmode=${more.mode} maxlength="10" value=${form[name]} onInput=${set(name)} />`}
    <//>`;
  const select = (/** @type {keyof Filters} */ name, /** @type {[string, string][]} */ options) => html`
    <${Field} label=${t(`report.${name}`)} wrong=${wrong[name] && t(/** @type {string} */ (wrong[name]))}>
      ${(/** @type {any} */ tied) => html`<select ...${tied} value=${form[name]} onChange=${set(name)}>
        ${options.map(([value, words]) => html`<option key=${value} value=${value}>${words}</option>`)}</select>`}
    <//>`;
  return html`
    <form class="panel no-print" aria-label=${t("report.filters")} onSubmit=${submit} novalidate>
      <div class="report-fields">
        ${input("from", { type: "date" })}
        ${input("to", { type: "date" })}
        ${select("interval", INTERVALS.map((one) => [one, t(`report.interval.${one}`)]))}
        ${select("queue", [["", t("report.all_queues")], ...queues])}
        ${select("channel", [["", t("report.all_channels")], .../** @type {[string, string][]} */ (CHANNELS.map((one) => [one, channelName(one)]))])}
        <div class="report-wide">${select("definition", [["", t("report.as_set")], .../** @type {[string, string][]} */ (DEFINITIONS.map((one) => [one, t(`report.definition.${one}`)]))])}</div>
        ${input("threshold", { mode: "numeric", hint: t("report.threshold.hint") })}
        ${input("goal", { mode: "numeric", hint: t("report.goal.hint") })}
      </div>
      <div class="buttons"><button type="submit" class="main" aria-disabled=${reading}>${t(reading ? "loading" : "report.show")}</button></div>
    </form>`;
}

/** The queues of today, and those of the report that are no more. @param {import("../shapes.d.ts").Report | null} report @param {string} chosen @returns {[string, string][]} */
function useQueues(report, chosen) {
  const [names, setNames] = useState(/** @type {string[]} */ ([]));
  useEffect(() => {
    const leaving = new AbortController();
    if (!may("read_settings")) return undefined;
    read("/settings/queues", {}, { signal: leaving.signal }).then(
      (settings) => setNames(Object.keys(settings.document.queues ?? {})),
      () => undefined); // those of the report stand there all the same
    return () => leaving.abort();
  }, []);
  const all = new Set([...names, ...(report?.totals ?? []).map((total) => total.queue ?? ""), chosen]);
  return [...all].filter(Boolean).sort().map((name) => [name, name]);
}
