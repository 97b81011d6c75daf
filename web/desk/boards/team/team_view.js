/** What a supervisor watches: the promise, what breaks it, who is there, who is being asked. */
import { html } from "htm/preact";
import { may } from "../../person/me.js";
import { Agents } from "./agents.js";
import { Ladders } from "./ladders.js";
import { Late } from "./late.js";
import { Service } from "./service.js";

/** Only what the role may see is read at all. */
export function TeamView() {
  return html`
    ${may("read_reports") && html`<${Service} />`}
    <div class="board-team">
      ${may("read_conversations") && html`<${Late} />`}
      ${may("read_conversations") && html`<${Ladders} />`}
    </div>
    ${may("read_agents") && html`<${Agents} />`}`;
}
