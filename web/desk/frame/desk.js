/** The desk from signing in to the pages. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { signal } from "@preact/signals";
import { wordsOf } from "../api/problem.js";
import { firstListed, startLists } from "../inbox/lists.js";
import { startOffers } from "../inbox/offers.js";
import { language, t } from "../language/words.js";
import { closeLine, openLine } from "../live/connection.js";
import { fetchAhead } from "../parts/later.js";
import { goOn, sessionState, signIn, signInTrouble } from "../session/session.js";
import { standForTheBell } from "../person/bell.js";
import { startClock } from "../page/clock.js";
import { loadColleagues } from "../person/colleagues.js";
import { listenForKeys, useShortcuts } from "../page/keys.js";
import { loadMe, may, me } from "../person/me.js";
import { Messages } from "./messages_view.js";
import { startNotices } from "./notices.js";
import { openDialog } from "../page/open_dialog.js";
import { OwnDialogs } from "./own_menu.js";
import { Page } from "./pages.js";
import { Rail } from "./rail.js";
import { go } from "../page/router.js";
import { TopBar } from "./top_bar.js";

const UNSENT = { load: () => import("../composer/outbox.js"), rooms: ["composer"] };

/** Why the desk could not be loaded. @type {import("@preact/signals").Signal<string>} */
const trouble = signal("");

/** @param {{live: string}} props */
export function Desk({ live }) {
  void language.value; // everything is said anew in another language
  const state = sessionState.value;
  if (state === "out") return html`<${SignedOut} />`;
  if (state === "starting") return null;
  return html`<${AtTheDesk} live=${live} />`;
}

function SignedOut() {
  return html`
    <main class="welcome">
      <h1>Sportello</h1>
      ${signInTrouble.value && html`<p class="notice late" role="alert">${t(signInTrouble.value)}</p>`}
      <p>${t("sign_in.why")}</p>
      <button type="button" class="main" onClick=${() => void goOn(language.value)}>${t("sign_in")}</button>
    </main>`;
}

/** @param {{live: string}} props */
function AtTheDesk({ live }) {
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const stops = [startClock(), listenForKeys(), startLists(), startOffers(), startNotices(), standForTheBell()];
    return () => stops.forEach((stop) => stop());
  }, []);
  useEffect(() => {
    trouble.value = "";
    begin(live).catch((error) => { trouble.value = wordsOf(error); });
    return closeLine;
  }, [live, attempt]);
  if (!me.value) {
    return html`
      <main class="welcome">
        <h1>Sportello</h1>
        ${trouble.value
          ? html`<p class="notice late" role="alert">${trouble.value}</p>
              <button type="button" class="main" onClick=${() => setAttempt(attempt + 1)}>${t("try_again")}</button>`
          : html`<p role="status" class="muted">${t("loading")}</p>`}
      </main>`;
  }
  return html`<${Whole} />`;
}

function Whole() {
  useShortcuts([
    { keys: "Ctrl+k", label: "palette", always: true, act: () => { openDialog.value = "palette"; } },
    { keys: "?", label: "keys", act: () => { openDialog.value = "keys"; } },
    { keys: "/", label: "page.search", act: () => { if (may("read_conversations")) go("search"); } },
  ]);
  return html`
    <div class="desk">
      <a class="skip" href="#page" onClick=${skip}>${t("skip")}</a>
      <${Rail} />
      <div class="stage">
        ${sessionState.value === "ended" && html`<${SessionEnded} />`}
        <${TopBar} />
        <${Page} />
      </div>
      <${Messages} />
      <${OwnDialogs} />
    </div>`;
}

function SessionEnded() {
  return html`
    <div class="notice late" role="alert">
      <span>${t("sign_in.ended")}</span>
      <button type="button" onClick=${() => void signIn(language.value)}>${t("sign_in.again")}</button>
    </div>`;
}

/** @param {Event} event the hash is a route, and the page is not at it */
function skip(event) {
  event.preventDefault();
  document.querySelector("main")?.focus();
}

/** @param {string} live */
async function begin(live) {
  await loadMe();
  if (may("read_conversations")) openLine(live);
  // Messages that a reload has interrupted go on their way, whatever is looked at; what they need is
  // fetched behind what is looked at.
  if (may("work_conversations")) void firstListed.then(() => fetchAhead(UNSENT));
  void loadColleagues().catch(() => undefined); // ids stand for names until they can be read
}
