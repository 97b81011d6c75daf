/** What colleagues and clocks tell this agent while something else is open, and the tab's title. */
import { effect } from "@preact/signals";
import { rowOf, rowsOf } from "../inbox/lists.js";
import { offers } from "../inbox/offers.js";
import { customerName } from "../inbox/row_view.js";
import { isSaid, t } from "../language/words.js";
import { onFrame } from "../live/connection.js";
import { touch } from "../person/bell.js";
import { serverTime } from "../page/clock.js";
import { nameOf } from "../person/colleagues.js";
import { me } from "../person/me.js";
import { tell, tellTrouble } from "../page/messages.js";
import { noticeKey } from "./notice_rules.js";
import { go, route } from "../page/router.js";

/** @typedef {import("../live/connection.js").Frame} Frame */

const TROUBLES = new Set(["message.not_delivered", "clock.breaching", "promise.broken", "conversation.reassigned", "conversation.taken_over"]);
const REMEMBERED = 500;
/** @type {Set<string>} */
let heard = new Set();

/** @returns {() => void} stops it */
export function startNotices() {
  const stops = [onFrame("notice", hear), onFrame("not_delivered", hear), onFrame("row", hearWords), effect(showTitle)];
  return () => stops.forEach((stop) => stop());
}

/** @param {Frame} frame the same notice may come twice, and to several tabs */
function hear(frame) {
  if (heard.has(frame.id)) return;
  heard = new Set([...heard].slice(-REMEMBERED)).add(frame.id);
  const key = noticeKey(frame.notice, frame.data, me.value?.agent_id ?? "");
  if (!isSaid(key) || (frame.notice === "message.received" && route.value.rest[0] === frame.conversation_id)) return;
  const { data } = frame;
  const words = t(key, {
    name: customerName(data.customer?.display_name ?? rowOf(frame.conversation_id)?.name),
    colleague: nameOf(data.asked_by ?? data.mentioned_by ?? data.taken_by ?? data.transferred_by),
  });
  const show = TROUBLES.has(frame.notice) ? tellTrouble : tell;
  show(words, { label: t("notice.open"), act: () => go("all", data.moved_to ?? frame.conversation_id) });
}

/** A short sound when a customer of this agent writes. @param {Frame} frame */
function hearWords({ row }) {
  const isMine = row.owner.kind === "agent" && row.owner.name === me.value?.agent_id;
  const at = row.last_words?.author === "customer" ? row.last_words.at : "";
  if (isMine && at && serverTime() - new Date(at).getTime() < 15_000 && document.hidden) touch();
}

/** How many ring, or wait for this agent's answer, where a hidden tab can show it. */
function showTitle() {
  const waiting = rowsOf("mine", serverTime()).filter((row) => row.waiting_since && row.lifecycle === "open").length;
  const count = offers.value.length + waiting;
  const ringing = offers.value.length ? "● " : "";
  document.title = `${ringing}${count ? `(${count}) ` : ""}Sportello`;
}
