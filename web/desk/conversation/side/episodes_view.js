/** What there was before today: the customer's matters, each with its end. */
import { html } from "htm/preact";
import { useEffect, useState } from "preact/hooks";
import { read } from "../../api/api.js";
import { wordsOf } from "../../api/problem.js";
import { serverTime } from "../../page/clock.js";
import { tellTrouble } from "../../page/messages.js";
import { moment } from "../../language/formats.js";
import { t, wordFor } from "../../language/words.js";
import { whom } from "../log/said.js";
import { Asked } from "./asked.js";
import { PastDialog } from "./past_dialog.js";

/** @typedef {{episode: number, began_at: string, ended_at: string | null, ended: string | null, by: {kind: string, name: string} | null, before: number | null}} Episode */

/** @param {{talk: import("../talk.js").Talk}} props */
export function Episodes({ talk }) {
  return html`
    <section>
      <h3>${t("side.before")}</h3>
      <${Asked} key=${talk.id} label=${t("episodes.ask")} load=${() => read(`/conversations/${talk.id}/episodes`)}>
        ${(/** @type {any} */ page) => html`<${EpisodeList} talk=${talk} first=${page} />`}
      <//>
    </section>`;
}

/** @param {{talk: import("../talk.js").Talk, first: {episodes: Episode[], cursor: string | null}}} props */
function EpisodeList({ talk, first }) {
  const [more, setMore] = useState(/** @type {Episode[]} */ ([]));
  const [cursor, setCursor] = useState(first.cursor);
  useEffect(() => { setMore([]); setCursor(first.cursor); }, [first]);
  const [shown, setShown] = useState(/** @type {Episode | null} */ (null));
  const past = [...first.episodes, ...more];
  const goOn = async () => {
    const page = await read(`/conversations/${talk.id}/episodes`, { cursor });
    setMore([...more, ...page.episodes]);
    setCursor(page.cursor);
  };
  return html`
    <ul class="episodes">${past.map((one) => html`
      <li key=${one.episode}><span class="muted">${moment(one.began_at, serverTime())}</span> ${endOf(one)}
        ${" "}${one.before !== null && html`<button type="button" class="link" onClick=${() => setShown(one)}>${t("episodes.show")}</button>`}</li>`)}</ul>
    ${shown && html`<${PastDialog} talk=${talk} before=${shown.before} title=${t("episodes.title", { when: moment(shown.began_at, serverTime()) })} onClose=${() => setShown(null)} />`}
    ${cursor && html`<button type="button" class="link" onClick=${() => void goOn().catch((error) => tellTrouble(wordsOf(error)))}>${t("episodes.older")}</button>`}`;
}

/** @param {Episode} episode */
function endOf({ ended, ended_at: at, by }) {
  if (!at) return t("episodes.open");
  const how = wordFor(`episodes.${ended}`, ended);
  return by?.kind === "agent" ? t("episodes.by", { how, who: whom(by.name) }) : how;
}
