/** To say what a conversation is about: tags of the settings, or others where these are free. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { call } from "../../api/api.js";
import { Problem, wordsOf } from "../../api/problem.js";
import { language, t } from "../../language/words.js";
import { Dialog } from "../../parts/dialog.js";
import { Field } from "../../parts/field.js";
import { closeAct } from "./open_act.js";
import { isTag, MOST_TAGS, tagTitle } from "./tag_names.js";
import { readTagSettings, tagSettings } from "./tag_settings.js";

/** @param {{talk: import("../talk.js").Talk}} props */
export function TagsDialog({ talk }) {
  const before = talk.conversation.peek();
  const settings = tagSettings.value;
  const [tags, setTags] = useState(before?.tags ?? []);
  const [version, setVersion] = useState(before?.tags_version);
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    readTagSettings().catch((error) => setTrouble(wordsOf(error)));
  }, []);
  const save = async () => {
    if (busy) return;
    setBusy(true);
    setTrouble("");
    try {
      await call("PUT", `/conversations/${talk.id}/tags`, { body: { tags, version }, repeatable: true });
      closeAct();
    } catch (error) {
      await talk.readOn();
      if (error instanceof Problem && error.type === "version-mismatch") {
        // What a colleague has given it meanwhile is kept, and the rest is looked at again.
        const now = talk.conversation.peek();
        setTags([...new Set([...(now?.tags ?? []), ...tags])]);
        setVersion(now?.tags_version);
      }
      setTrouble(wordsOf(error));
    }
    setBusy(false);
    void talk.readOn();
  };
  const known = [...new Set([...Object.keys(settings?.tags ?? {}), ...tags])].sort();
  const toggle = (/** @type {string} */ tag) => setTags(tags.includes(tag) ? tags.filter((one) => one !== tag) : [...tags, tag]);
  const isFull = tags.length >= MOST_TAGS;
  return html`
    <${Dialog} title=${t("act.tags")} onClose=${closeAct}>
      ${!settings && !trouble && html`<p class="muted" role="status">${t("loading")}</p>`}
      <fieldset class="tag-choices">
        <legend class="aside-only">${t("act.tags")}</legend>
        ${known.map((tag) => html`
          <label class="check" key=${tag}>
            <input type="checkbox" checked=${tags.includes(tag)} disabled=${isFull && !tags.includes(tag)} onChange=${() => toggle(tag)} />
            ${tagTitle(settings, tag, language.value)}
          </label>`)}
      </fieldset>
      ${settings?.free && html`<${NewTag} disabled=${isFull} onAdd=${(/** @type {string} */ tag) => { if (!tags.includes(tag)) toggle(tag); }} />`}
      ${isFull && html`<p class="muted">${t("tags.full", { count: MOST_TAGS })}</p>`}
      ${trouble && html`<p class="trouble" role="alert">${trouble}</p>`}
      <div class="buttons end">
        <button type="button" onClick=${closeAct}>${t("cancel")}</button>
        <button type="button" class="main" disabled=${busy} onClick=${() => void save()}>${t("save")}</button>
      </div>
    <//>`;
}

/** @param {{disabled: boolean, onAdd: (tag: string) => void}} props */
function NewTag({ disabled, onAdd }) {
  const [text, setText] = useState("");
  const tag = text.trim().toLowerCase().replace(/\s+/g, "-");
  const isFit = isTag(tag);
  const add = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!isFit) return;
    onAdd(tag);
    setText("");
  };
  return html`
    <form class="add-line" onSubmit=${add}>
      <${Field} label=${t("tags.new")} hint=${t("tags.hint")} wrong=${text && !isFit ? t("tags.unfit") : ""}>
        ${(/** @type {any} */ attributes) => html`
          <input ...${attributes} maxlength="64" autocomplete="off" value=${text} disabled=${disabled}
            onInput=${(/** @type {any} */ event) => setText(event.currentTarget.value)} />`}
      <//>
      <button type="submit" disabled=${disabled || !isFit}>${t("tags.add")}</button>
    </form>`;
}
