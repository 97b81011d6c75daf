/** The field itself: it grows with its text, sends by a key, and puts in what is looked for. */
import { html } from "htm/preact";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { choices } from "./choices.js";
import { opening } from "./insert/completion.js";
import { Suggestions } from "./insert/suggestions.js";
import { useSuggestions } from "./insert/use_suggestions.js";

/** @typedef {import("./writing.js").Writing} Writing */
/** @typedef {{focus: () => void, open: (sign: "/" | "@") => void}} FieldActs */

/**
 * @param {{writing: Writing, name: string, placeholder: string, describedBy: string, acts: {current: FieldActs | null},
 *   onType: (text: string) => void, onSend: () => void, onRest: () => void, onFiles: (files: File[]) => void,
 *   onMacro: (macro: import("./insert/offers.js").Macro) => void}} props
 */
export function WritingField({ writing, name, placeholder, describedBy, acts, onType, onSend, onRest, onFiles, onMacro }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const [cursor, setCursor] = useState(-1);
  const id = useId();
  const { text } = writing.now.value;
  const look = () => setCursor(field.current?.selectionStart ?? -1);
  const replace = (/** @type {number} */ from, /** @type {number} */ to, /** @type {string} */ what) => {
    if (field.current) putIn(field.current, from, to, what);
    look();
  };
  const suggestions = useSuggestions(writing, cursor, {
    put: (trigger, what, gaps = []) => {
      if (gaps.length) writing.change({ gaps: [...writing.now.peek().gaps.slice(-50), ...gaps] });
      replace(trigger.from, trigger.to, what);
    },
    runMacro: onMacro,
  });

  acts.current = {
    focus: () => { field.current?.focus(); look(); },
    open: (sign) => {
      const shown = field.current;
      if (!shown) return;
      shown.focus();
      const at = shown.selectionEnd;
      replace(at, at, opening(shown.value, at, sign));
    },
  };
  useLayoutEffect(() => grow(field.current), [text, writing]);
  useEffect(() => () => { writing.isFocused = false; }, [writing]);

  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const did = suggestions.isOpen && keyInList(event, suggestions) || keyInField(event);
    if (!did) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const keyInField = (/** @type {KeyboardEvent} */ event) => {
    const withControl = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && (withControl || (choices.value.enterSends && !event.shiftKey && !event.altKey))) onSend();
    else if (event.key === "/" && withControl) acts.current?.open("/");
    else if (event.key === "Escape") field.current?.blur();
    else return false;
    return true;
  };
  const chosen = suggestions.isOpen && suggestions.list.length ? `${id}-${suggestions.active}` : undefined;
  return html`
    <div class="writing-field">
      ${suggestions.isOpen && html`<${Suggestions} ...${suggestions} id=${id} />`}
      <textarea ref=${field} rows="2" aria-label=${name} placeholder=${placeholder} value=${text}
        aria-describedby=${describedBy} aria-autocomplete="list" aria-controls=${suggestions.isOpen ? id : undefined}
        aria-activedescendant=${chosen} enterkeyhint=${choices.value.enterSends ? "send" : "enter"}
        onInput=${(/** @type {any} */ event) => { onType(event.currentTarget.value); look(); }}
        onKeyDown=${onKeyDown} onKeyUp=${look} onClick=${look}
        onFocus=${() => { writing.isFocused = true; look(); }}
        onBlur=${() => { writing.isFocused = false; setCursor(-1); onRest(); }}
        onPaste=${(/** @type {ClipboardEvent} */ event) => {
          const files = [...(event.clipboardData?.files ?? [])];
          if (!files.length) return;
          event.preventDefault();
          onFiles(files);
        }}></textarea>
    </div>`;
}

/** @param {KeyboardEvent} event @param {ReturnType<typeof useSuggestions>} suggestions */
function keyInList(event, { list, active, setActive, dismiss }) {
  if (event.key === "Escape") dismiss();
  else if (!list.length || event.ctrlKey || event.metaKey) return false;
  else if (event.key === "ArrowDown") setActive((active + 1) % list.length);
  else if (event.key === "ArrowUp") setActive((active - 1 + list.length) % list.length);
  else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") list[active]?.choose();
  else return false;
  return true;
}

/** As if it had been typed, so that it can be undone as typing is. @param {HTMLTextAreaElement} field @param {number} from @param {number} to @param {string} what */
function putIn(field, from, to, what) {
  field.focus();
  field.setSelectionRange(from, to);
  if (from === to && !what) return;
  if (document.execCommand(what ? "insertText" : "delete", false, what)) return;
  field.setRangeText(what, from, to, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** As high as its text, as far as the style lets it. @param {HTMLTextAreaElement | null} field */
function grow(field) {
  if (!field) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
}
