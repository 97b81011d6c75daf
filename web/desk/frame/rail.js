/** The way between the pages, and who is at work. */
import { html } from "htm/preact";
import { counts } from "../inbox/lists.js";
import { t } from "../language/words.js";
import { Icon } from "../parts/icon.js";
import { may } from "../person/me.js";
import { OwnMenu } from "./own_menu.js";
import { isAtLists } from "./pages.js";
import { href, route } from "../page/router.js";

/** @type {{page: string, mark: import("../parts/icon.js").Mark, permission: string}[]} */
const PAGES = [
  { page: "waiting", mark: "inbox", permission: "read_conversations" },
  { page: "search", mark: "search", permission: "read_conversations" },
  { page: "board", mark: "chart", permission: "read_queues" },
  { page: "settings", mark: "settings", permission: "read_settings" },
];

export function Rail() {
  const here = isAtLists() ? "waiting" : route.value.page;
  return html`
    <nav class="rail" aria-label=${t("rail")}>
      ${PAGES.filter(({ permission }) => may(permission)).map(({ page, mark }) => html`
        <a key=${page} href=${href(page)} aria-current=${page === here ? "page" : undefined}>
          <${Icon} mark=${mark} />
          <span class="label">${t(`page.${page}`)}</span>
          ${page === "waiting" && html`<${Count} />`}
        </a>`)}
      <span class="grow"></span>
      <${OwnMenu} />
    </nav>`;
}

function Count() {
  const late = counts.value.breaching;
  if (!late?.count) return null;
  return html`<span class="count">${late.count}${late.is_least && "+"}</span>`;
}
