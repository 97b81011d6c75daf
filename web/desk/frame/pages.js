/** Which page a route shows. Pages off the first screen come when they are first wanted. */
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { VIEWS } from "../inbox/rows.js";
import { Inbox } from "../inbox/inbox.js";
import { t } from "../language/words.js";
import { Later } from "../parts/later.js";
import { may } from "../person/me.js";
import { replace, route } from "../page/router.js";

/**
 * @typedef {import("../parts/later.js").Part & {permission: string}} LaterPage
 * @type {Record<string, LaterPage>}
 */
const LATER = {
  search: { load: () => import("../search/search_page.js"), rooms: ["search"], permission: "read_conversations" },
  board: { load: () => import("../boards/board_page.js"), rooms: ["boards"], permission: "read_queues" },
  settings: { load: () => import("../settings/settings_page.js"), rooms: ["settings"], permission: "read_settings" },
};

/** The page off the first screen that is asked for, if they may see it. */
function laterPage() {
  const later = LATER[route.value.page];
  return later && may(later.permission) ? later : null;
}

/** Whether the lists are what is shown. */
export const isAtLists = () => may("read_conversations") && !laterPage();

export function Page() {
  const { page } = route.value;
  const later = laterPage();
  if (later) return html`<${Waited} key=${page} page=${later} />`;
  if (isAtLists()) return html`<${Inbox} view=${VIEWS.find((view) => view === page) ?? "waiting"} />`;
  return html`<${FirstAllowed} />`;
}

/** Who may not read conversations begins where they may. */
function FirstAllowed() {
  const first = Object.keys(LATER).find((page) => may(/** @type {LaterPage} */ (LATER[page]).permission));
  useEffect(() => { if (first) replace(first); }, [first]);
  return first ? null : html`<main id="page" tabindex="-1" class="empty"><p>${t("nothing_allowed")}</p></main>`;
}

/** @param {{page: LaterPage}} props */
function Waited({ page }) {
  const waiting = html`
    <main id="page" tabindex="-1" class="empty"><p class="muted" role="status">${t("loading")}</p></main>`;
  return html`<${Later} part=${page} waiting=${waiting} />`;
}
