/** Earlier versions: who wrote them and when, what differs by now, and the way back. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { wordsOf } from "../../../api/problem.js";
import { now } from "../../../page/clock.js";
import { nameOf } from "../../../person/colleagues.js";
import { tell } from "../../../page/messages.js";
import { moment } from "../../../language/formats.js";
import { t } from "../../../language/words.js";
import { Dialog } from "../../../parts/dialog.js";
import { ChangeList } from "./change_list.js";
import { Faults } from "../faults/fault_view.js";

/** @typedef {import("../document.js").SettingsDocument} SettingsDocument */
/** @typedef {{version: number, author: string | null, written_at: string | null}} Entry */
/** @typedef {{document: SettingsDocument, describe?: import("./change_words.js").Describe, place?: (pointer: string) => string | null, onClose: () => void}} Props */

/** @param {Props} props */
export function VersionsDialog({ document, describe, place, onClose }) {
  const [entries, setEntries] = useState(/** @type {Entry[]} */ ([]));
  const [older, setOlder] = useState(/** @type {number | null} */ (null));
  const [trouble, setTrouble] = useState("");
  const [chosen, setChosen] = useState(/** @type {number | null} */ (null));
  const more = async (/** @type {number | null} */ before) => {
    setTrouble("");
    try {
      const page = await document.versions(before);
      setEntries((/** @type {Entry[]} */ all) => [...(before ? all : []), ...page.versions]);
      setOlder(page.older);
    } catch (error) {
      setTrouble(wordsOf(error));
    }
  };
  useEffect(() => { void more(null); }, []);
  const inForce = (document.newest.value ?? document.base.value)?.version;
  // The packaged default was written by nobody, and can be gone back to all the same.
  const all = older === null && !trouble && inForce ? [...entries.filter((one) => one.version), { version: 0, author: null, written_at: null }] : entries;
  return html`
    <${Dialog} title=${t("settings.versions")} wide onClose=${onClose}>
      ${trouble && html`
        <div class="notice late" role="alert"><span>${trouble}</span>
          <button type="button" onClick=${() => void more(entries.at(-1)?.version ?? null)}>${t("try_again")}</button></div>`}
      ${!inForce && html`<p class="muted">${t("settings.versions.none")}</p>`}
      <ol class="versions">
        ${all.map((one) => html`
          <li key=${one.version}>
            <${VersionLine} entry=${one} isInForce=${one.version === inForce} isOpen=${chosen === one.version}
              onChoose=${() => setChosen(chosen === one.version ? null : one.version)} />
            ${chosen === one.version && html`
              <${EarlierVersion} document=${document} version=${one.version} describe=${describe} place=${place} onClose=${onClose} />`}
          </li>`)}
      </ol>
      ${older !== null && html`<div><button type="button" onClick=${() => void more(older)}>${t("settings.versions.older")}</button></div>`}
    </${Dialog}>`;
}

/** @param {{entry: Entry, isInForce: boolean, isOpen: boolean, onChoose: () => void}} props */
function VersionLine({ entry, isInForce, isOpen, onChoose }) {
  const words = entry.written_at
    ? t("settings.version.by", { version: entry.version, who: nameOf(entry.author), when: moment(entry.written_at, now.peek()) })
    : t("settings.version.packaged");
  return html`
    <div class="version">
      <span>${words}</span>
      ${isInForce
        ? html`<span class="pill own">${t("settings.version.in_force")}</span>`
        : html`<button type="button" aria-expanded=${isOpen} aria-label=${`${t("settings.version.compare")}: ${words}`} onClick=${onChoose}>${t("settings.version.compare")}</button>`}
    </div>`;
}

/** @param {Props & {version: number}} props */
function EarlierVersion({ document, version, describe, place, onClose }) {
  const [earlier, setEarlier] = useState(/** @type {any} */ (null));
  const [trouble, setTrouble] = useState("");
  const [refused, setRefused] = useState(/** @type {readonly import("../faults/faults.js").Fault[]} */ ([]));
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.version(version).then((found) => setEarlier(found.document), (error) => setTrouble(wordsOf(error)));
  }, [version]);
  const goBack = async () => {
    setBusy(true);
    setTrouble("");
    try {
      const outcome = await document.rollBack(version);
      setRefused(outcome === "refused" ? document.faults.peek() : []);
      document.faults.value = []; // they are of the earlier version, and not of the draft
      if (outcome === "moved") setTrouble(t("problem.version-mismatch"));
      if (outcome === "saved") {
        tell(t("settings.rolled_back"));
        onClose();
      }
    } catch (error) {
      setTrouble(wordsOf(error));
    }
    setBusy(false);
  };
  const current = document.newest.value ?? document.base.value;
  return html`
    <div class="earlier-version">
      ${trouble && html`<p class="notice late" role="alert">${trouble}</p>`}
      ${earlier ? html`
        <h3>${t("settings.version.would")}</h3>
        <${ChangeList} before=${current?.document} after=${earlier} describe=${describe} />`
        : !trouble && html`<p class="muted" role="status">${t("loading")}</p>`}
      <${Faults} faults=${refused} document=${earlier} place=${place} />
      ${document.mayWrite && earlier && (document.isChanged.value
        ? html`<p class="muted">${t("settings.version.draft_first")}</p>`
        : html`<div><button type="button" disabled=${busy} onClick=${() => void goBack()}>${t("settings.version.go_back")}</button></div>`)}
    </div>`;
}
