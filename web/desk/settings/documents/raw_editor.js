/** A document as it is written, for kinds that have no editor of their own: judged by the API's schema. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { read } from "../../api/api.js";
import { t } from "../../language/words.js";
import { Field } from "../../parts/field.js";
import { DocumentPage } from "./document_page.js";
import { same } from "./pointers.js";

/** @param {{kind: string}} props */
export default function RawPage({ kind }) {
  return html`
    <${DocumentPage} kind=${kind} intro=${t("settings.raw.intro")} beside=${() => html`<${Schema} kind=${kind} />`}>
      ${(/** @type {import("./document.js").SettingsDocument} */ document) => html`<${RawEditor} document=${document} />`}
    </${DocumentPage}>`;
}

/** @param {any} value */
const written = (value) => JSON.stringify(value, null, 2);

/** @param {{document: import("./document.js").SettingsDocument}} props */
function RawEditor({ document }) {
  const draft = document.draft.value;
  const broken = document.typed([]);
  const [text, setText] = useState(broken ?? written(draft));
  useEffect(() => {
    // Changed elsewhere: dropped, put on top of a newer version, or rolled back.
    if (broken === undefined && !same(parsed(text), draft)) setText(written(draft));
  }, [draft, broken]);
  const onInput = (/** @type {any} */ event) => {
    const typed = event.currentTarget.value;
    setText(typed);
    document.type([], typed, parsed(typed));
  };
  return html`
    <${Field} label=${t("settings.raw")} wrong=${broken !== undefined ? t("settings.raw.broken") : undefined}>
      ${(/** @type {any} */ attributes) => html`
        <textarea ...${attributes} class="raw" rows="24" spellcheck="false" autocapitalize="off" autocomplete="off"
          value=${text} onInput=${onInput}></textarea>`}
    </${Field}>`;
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a document of the kind may hold, as far as a schema tells. @param {{kind: string}} props */
function Schema({ kind }) {
  const [schema, setSchema] = useState(/** @type {any} */ (null));
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (isOpen && !schema) read(`/settings/${encodeURIComponent(kind)}/schema`).then(setSchema, () => setOpen(false));
  }, [isOpen]);
  return html`
    <details class="panel" open=${isOpen} onToggle=${(/** @type {any} */ event) => setOpen(event.currentTarget.open)}>
      <summary>${t("settings.raw.schema")}</summary>
      ${schema ? html`<${Members} schema=${schema} definitions=${schema.$defs ?? {}} depth=${0} />` : html`<p class="muted">${t("loading")}</p>`}
    </details>`;
}

const DEEPEST = 6;

/** @param {{schema: any, definitions: Record<string, any>, depth: number}} props */
function Members({ schema, definitions, depth }) {
  const held = target(schema, definitions);
  const members = Object.entries(held?.properties ?? {});
  const each = held?.additionalProperties?.$ref ? held.additionalProperties : held?.items;
  if (!members.length && each && depth < DEEPEST) return html`<${Members} schema=${each} definitions=${definitions} depth=${depth + 1} />`;
  if (!members.length || depth >= DEEPEST) return null;
  return html`
    <ul class="members">
      ${members.map(([name, member]) => html`
        <li key=${name}>
          <code>${name}</code> <span class="muted">${shape(member, definitions)}</span>
          ${/** @type {any} */ (member).description && html`<span> ${/** @type {any} */ (member).description}</span>`}
          <${Members} schema=${member} definitions=${definitions} depth=${depth + 1} />
        </li>`)}
    </ul>`;
}

/** @param {any} schema @param {Record<string, any>} definitions @returns {any} */
function target(schema, definitions) {
  const one = schema?.$ref ? definitions[String(schema.$ref).split("/").at(-1) ?? ""] : schema;
  const choices = (one?.anyOf ?? []).filter((/** @type {any} */ choice) => choice.type !== "null");
  return choices.length === 1 ? target(choices[0], definitions) : one;
}

/** @param {any} schema @param {Record<string, any>} definitions */
function shape(schema, definitions) {
  const one = target(schema, definitions) ?? {};
  return [
    one.enum ? one.enum.slice(0, 12).join(" | ") : one.type,
    one.minimum !== undefined && `≥ ${one.minimum}`, one.maximum !== undefined && `≤ ${one.maximum}`,
    one.maxLength !== undefined && `≤ ${one.maxLength}`, one.maxItems !== undefined && `≤ ${one.maxItems}`,
    schema.default !== undefined && `= ${JSON.stringify(schema.default).slice(0, 60)}`,
  ].filter(Boolean).join(", ");
}
