/** A conversation that was found: whose, the words, when, where it is and who has it. */
import { html } from "htm/preact";
import { now } from "../page/clock.js";
import { nameOf } from "../person/colleagues.js";
import { me } from "../person/me.js";
import { href } from "../page/router.js";
import { channelName, customerName } from "../inbox/row_view.js";
import { moment } from "../language/formats.js";
import { region, t } from "../language/words.js";
import { marked } from "./query.js";

/** @param {{hit: import("./shapes.d.ts").Hit, query: string}} props */
export function HitRow({ hit, query }) {
  const { row } = hit;
  const text = hit.snippet || row.last_words?.text || "";
  return html`
    <li>
      <a class="hit" href=${href("all", row.conversation_id)}>
        <span class="hit-head">
          <b><${Marked} text=${customerName(row.name)} query=${query} /></b>
          <span class="muted">${when(hit)}</span>
        </span>
        <span class="hit-text">${text ? html`<${Marked} text=${text} query=${query} />` : t("search.no_text")}</span>
        <span class="hit-facts muted">
          <span>${channelName(row.channel)}</span>
          <span>${ownerWords(row)}</span>
          ${row.tags.map((tag) => html`<span class="tag" key=${tag}>#${tag}</span>`)}
        </span>
      </a>
    </li>`;
}

/** @param {{text: string, query: string}} props */
function Marked({ text, query }) {
  return marked(text, query).map((piece) => (piece.found ? html`<mark>${piece.text}</mark>` : piece.text));
}

/** The last day with one of the words, which is a day of UTC; else when something happened last. @param {import("./shapes.d.ts").Hit} hit */
function when({ day, row }) {
  if (!day) return row.last_activity_at ? moment(row.last_activity_at, now.peek()) : "";
  const sameYear = day.slice(0, 4) === new Date(now.peek()).toISOString().slice(0, 4);
  return new Intl.DateTimeFormat(region(), {
    day: "numeric", month: "short", timeZone: "UTC", ...(sameYear ? {} : { year: "numeric" }),
  }).format(new Date(day));
}

/** @param {import("../api/shapes.d.ts").Row} row */
function ownerWords(row) {
  if (row.lifecycle === "resolved") return t("search.closed");
  if (row.lifecycle === "snoozed") return t("search.snoozed");
  switch (row.owner.kind) {
    case "agent": return row.owner.name === me.value?.agent_id ? t("search.mine") : t("search.has_it", { name: nameOf(row.owner.name) });
    case "queue": return t("search.waits_in", { queue: row.owner.name });
    case "bot": return t("search.bot");
    default: return t("search.nobody");
  }
}
