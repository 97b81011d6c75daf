/** Which page a route shows. Pages off the first screen come when they are first wanted. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { VIEWS } from "../inbox/rows.js";
import { Inbox } from "../inbox/inbox.js";
import { addWords, t } from "../language/words.js";
import { may } from "./me.js";
import { replace, route } from "./router.js";

/**
 * @typedef {{load: () => Promise<any>, room: string, permission: string}} Later
 * @type {Record<string, Later>}
 */
const LATER = {
  search: { load: () => import("../search/search_page.js"), room: "search", permission: "read_conversations" },
  board: { load: () => import("../boards/board_page.js"), room: "boards", permission: "read_queues" },
  settings: { load: () => import("../settings/settings_page.js"), room: "settings", permission: "read_settings" },
};

export function Page() {
  const { page } = route.value;
  const later = LATER[page];
  if (later && may(later.permission)) return html`<${LaterPage} key=${page} later=${later} />`;
  if (may("read_conversations")) {
    return html`<${Inbox} view=${VIEWS.find((view) => view === page) ?? "waiting"} />`;
  }
  return html`<${FirstAllowed} />`;
}

/** Who may not read conversations begins where they may. */
function FirstAllowed() {
  const first = Object.keys(LATER).find((page) => may(/** @type {Later} */ (LATER[page]).permission));
  useEffect(() => { if (first) replace(first); }, [first]);
  return first ? null : html`<main id="page" tabindex="-1" class="empty"><p>${t("nothing_allowed")}</p></main>`;
}

/** @param {{later: Later}} props */
function LaterPage({ later }) {
  const [Shown, setShown] = useState(/** @type {any} */ (null));
  const [failed, setFailed] = useState(false);
  const load = () => {
    setFailed(false);
    Promise.all([later.load(), addWords(later.room)]).then(
      ([module]) => setShown(() => module.default), () => setFailed(true));
  };
  useEffect(load, [later]);
  if (Shown) return html`<${Shown} />`;
  return html`
    <main id="page" tabindex="-1" class="empty">
      ${failed
        ? html`<p role="alert">${t("page_not_loaded")}</p><button type="button" onClick=${load}>${t("try_again")}</button>`
        : html`<p class="muted" role="status">${t("loading")}</p>`}
    </main>`;
}
