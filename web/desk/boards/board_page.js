/** The boards: queues for everybody, the team for supervisors, reports for who may read them. */
import { html } from "htm/preact";
import { may } from "../person/me.js";
import { href, route } from "../page/router.js";
import { language, t } from "../language/words.js";
import { Wall } from "./queues/wall.js";
import { QueuesView } from "./queues/queues_view.js";
import { ReportView } from "./report/report_view.js";
import { TeamView } from "./team/team_view.js";

/** @type {{id: string, rest: string[], allowed: () => boolean, view: any}[]} */
const BOARDS = [
  { id: "queues", rest: [], allowed: () => true, view: QueuesView },
  { id: "team", rest: ["team"], allowed: () => may("take_over") || may("read_reports"), view: TeamView },
  { id: "report", rest: ["report"], allowed: () => may("read_reports"), view: ReportView },
];

export default function BoardPage() {
  void language.value;
  const [which = "", ...rest] = route.value.rest;
  if (which === "wall") return html`<${Wall} only=${rest} />`;
  const asked = BOARDS.find(({ rest: [name = ""] }) => name === which);
  const open = BOARDS.filter(({ allowed }) => allowed());
  const shown = asked && open.includes(asked) ? asked : BOARDS[0];
  return html`
    <main id="page" tabindex="-1" class="page board">
      <header>
        <h1>${t("page.board")}</h1>
        ${open.length > 1 && html`
          <nav class="board-tabs" aria-label=${t("board.tabs")}>
            ${open.map(({ id, rest: to }) => html`
              <a key=${id} class="button plain" href=${href("board", ...to)} aria-current=${id === shown?.id ? "page" : undefined}>${t(`board.tab.${id}`)}</a>`)}
          </nav>`}
      </header>
      ${asked && asked !== shown && html`<p class="notice off">${t("problem.forbidden")}</p>`}
      <${shown?.view} key=${shown?.id} />
    </main>`;
}
