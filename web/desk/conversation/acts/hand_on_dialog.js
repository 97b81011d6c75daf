/** To hand a conversation on, to a queue or a colleague, and to ask a colleague about it. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { read } from "../../api/api.js";
import { wordsOf } from "../../api/problem.js";
import { nameOf } from "../../person/colleagues.js";
import { t } from "../../language/words.js";
import { Dialog } from "../../parts/dialog.js";
import { Field } from "../../parts/field.js";
import { Tabs } from "../../parts/tabs.js";
import { closeAct } from "./open_act.js";
import { asSeen, nameOfCustomer, perform } from "./perform.js";
import { PersonField } from "./person_field.js";

const MOST_NOTE = 4_000;

/** @param {{talk: import("../talk.js").Talk}} props */
export function TransferDialog({ talk }) {
  const conversation = talk.conversation.value;
  const [to, setTo] = useState("queue");
  const [queue, setQueue] = useState("");
  const [person, setPerson] = useState("");
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const target = to === "queue" ? queue : person;
  const owner = conversation?.owner.kind === "agent" ? [conversation.owner.name] : [];
  const transfer = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!target || busy) return;
    setBusy(true);
    const body = { ...(to === "queue" ? { queue } : { agent_id: person }), note, ...asSeen(talk) };
    const done = t("act.transferred", { name: nameOfCustomer(talk), to: to === "queue" ? queue : nameOf(person) });
    if (await perform(talk, "transfer", body, { done, inside: setTrouble })) closeAct();
    setBusy(false);
  };
  return html`
    <${Dialog} title=${t("act.transfer")} onClose=${closeAct}>
      <form class="fields" onSubmit=${transfer}>
        <${Tabs} name=${t("transfer.to")} panel="transfer-to" chosen=${to} onChoose=${setTo}
          tabs=${[{ id: "queue", label: t("transfer.queue") }, { id: "person", label: t("transfer.person") }]} />
        <div id="transfer-to" role="tabpanel" aria-label=${t(to === "queue" ? "transfer.queue" : "transfer.person")} class="fields">
          ${to === "queue"
            ? html`<${QueueField} chosen=${queue} onChoose=${setQueue} />`
            : html`<${PersonField} label=${t("people.find")} chosen=${person} onChoose=${setPerson} except=${owner} />`}
        </div>
        <${Note} label=${t("transfer.note")} note=${note} setNote=${setNote} />
        ${trouble && html`<p class="trouble" role="alert">${trouble}</p>`}
        <div class="buttons end">
          <button type="button" onClick=${closeAct}>${t("cancel")}</button>
          <button type="submit" class="main" disabled=${!target || busy}>${t("act.transfer")}</button>
        </div>
      </form>
    <//>`;
}

/** @param {{chosen: string, onChoose: (queue: string) => void}} props */
function QueueField({ chosen, onChoose }) {
  const [queues, setQueues] = useState(/** @type {string[] | null} */ (null));
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    read("/settings/queues").then(
      ({ document }) => setQueues(Object.keys(document.queues).sort()), (error) => setTrouble(wordsOf(error)));
  }, []);
  if (trouble) return html`<p class="trouble" role="alert">${trouble}</p>`;
  return html`
    <${Field} label=${t("transfer.queue")}>
      ${(/** @type {any} */ attributes) => html`
        <select ...${attributes} value=${chosen} disabled=${!queues} onChange=${(/** @type {any} */ event) => onChoose(event.currentTarget.value)}>
          <option value="">${queues ? t("transfer.choose") : t("loading")}</option>
          ${(queues ?? []).map((name) => html`<option key=${name} value=${name} selected=${name === chosen}>${name}</option>`)}
        </select>`}
    <//>`;
}

/** @param {{label: string, note: string, setNote: (note: string) => void, required?: boolean}} props */
export function Note({ label, note, setNote, required = false }) {
  return html`
    <${Field} label=${label} hint=${t("transfer.note_hint")}>
      ${(/** @type {any} */ attributes) => html`
        <textarea ...${attributes} class="note-field" rows="3" maxlength=${MOST_NOTE} required=${required}
          value=${note} onInput=${(/** @type {any} */ event) => setNote(event.currentTarget.value)}></textarea>`}
    <//>`;
}

/** @param {{talk: import("../talk.js").Talk}} props */
export function ConsultDialog({ talk }) {
  const owner = talk.conversation.value?.owner.name ?? "";
  const [person, setPerson] = useState("");
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const isFit = person && note.trim();
  const ask = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!isFit || busy) return;
    setBusy(true);
    const done = t("act.consulted", { who: nameOf(person) });
    if (await perform(talk, "consult", { agent_id: person, note: note.trim() }, { done, inside: setTrouble, once: true })) closeAct();
    setBusy(false);
  };
  return html`
    <${Dialog} title=${t("act.consult")} onClose=${closeAct}>
      <form class="fields" onSubmit=${ask}>
        <${PersonField} label=${t("people.find")} chosen=${person} onChoose=${setPerson} except=${[owner]} />
        <${Note} label=${t("consult.note")} note=${note} setNote=${setNote} required />
        ${trouble && html`<p class="trouble" role="alert">${trouble}</p>`}
        <div class="buttons end">
          <button type="button" onClick=${closeAct}>${t("cancel")}</button>
          <button type="submit" class="main" disabled=${!isFit || busy}>${t("consult.ask")}</button>
        </div>
      </form>
    <//>`;
}
