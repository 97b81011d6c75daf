/** Queues: who is rung in which order, what happens meanwhile, and where handoffs go. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { t } from "../../language/words.js";
import { AddName } from "../documents/add_name.js";
import { DocumentPage } from "../documents/document_page.js";
import { useDocument } from "../documents/document.js";
import { asChoices, ChoiceIn } from "../documents/fields.js";
import { describeQueues } from "./queue_words.js";
import { newQueue } from "./queues.js";
import { QueueEditor } from "./queue_editor.js";

/** @typedef {import("../documents/document.js").SettingsDocument} SettingsDocument */

export default function QueuesPage() {
  const [open, setOpen] = useState("");
  return html`
    <${DocumentPage} kind="queues" intro=${t("queues.intro")} describe=${describeQueues}
      whole=${(/** @type {SettingsDocument} */ document) => html`
        <div class="editor"><${Queues} document=${document} open=${open} onOpen=${setOpen} /></div>`} />`;
}

/** @param {{document: SettingsDocument, open: string, onOpen: (name: string) => void}} props */
function Queues({ document, open, onOpen }) {
  const hours = useDocument("opening_hours").base.value?.document;
  const endpoints = useDocument("agent_endpoints").base.value?.document;
  const names = Object.keys(document.draft.value.queues ?? {});
  const choices = { queues: names, calendars: Object.keys(hours?.calendars ?? {}), endpoints: Object.keys(endpoints?.endpoints ?? {}) };
  const add = (/** @type {string} */ name) => {
    document.put(["queues", name], newQueue());
    onOpen(name);
  };
  return html`
    <fieldset class="panel" disabled=${!document.mayWrite}>
      <${ChoiceIn} document=${document} path=${["handoff_queue"]} label=${t("field.handoff_queue")} hint=${t("queues.handoff.hint")}
        choices=${asChoices(names)} />
    </fieldset>
    ${document.wrongAt(["queues"]) && html`<p class="trouble">${t("queues.wrong")}</p>`}
    ${names.map((name) => html`
      <${QueueEditor} key=${name} document=${document} name=${name} choices=${choices}
        isOpen=${names.length === 1 || open === name} onToggle=${() => onOpen(open === name ? "" : name)} />`)}
    ${document.mayWrite && html`<section class="panel"><${AddName} label=${t("queues.new")} button=${t("queues.add")} taken=${names} onAdd=${add} /></section>`}`;
}
