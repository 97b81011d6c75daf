/** An editor within the common frame: the draft, what changes it, what is wrong with it. */
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { DocumentPage } from "../documents/document_page.js";
import { loadKnown } from "./known.js";

/**
 * `change` takes the document from now on, or what makes it of the one before; `wrongAt` says what the API found
 * wrong at a place or below it.
 *
 * @template D
 * @typedef {{document: D, change: (next: D | ((before: D) => D)) => void, wrongAt: (path: (string | number)[]) => string,
 *   readOnly: boolean}} EditorProps
 */

/**
 * The editor is the whole of the page's body, so that whoever may only read can look through its lists and
 * try things out; it switches off by itself what changes the document.
 *
 * @param {{kind: string, intro?: any, editor: any, describe?: any}} props
 */
export function ContentPage({ kind, intro, editor: Editor, describe }) {
  useEffect(() => { void loadKnown(); }, []);
  const whole = (/** @type {import("../documents/document.js").SettingsDocument} */ settings) => html`
    <${Editor} document=${settings.draft.value} readOnly=${!settings.mayWrite}
      change=${(/** @type {any} */ next) => settings.change(next)}
      wrongAt=${(/** @type {(string | number)[]} */ path) => settings.wrongAt(path)} />`;
  return html`<${DocumentPage} kind=${kind} intro=${intro} describe=${describe} whole=${whole} />`;
}
