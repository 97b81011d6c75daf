/** Asks something of a conversation, and says what became of it with a way out. */
import { call } from "../../api/api.js";
import { Problem, wordsOf } from "../../api/problem.js";
import { dismiss, tell, tellTrouble } from "../../page/messages.js";
import { go, route } from "../../page/router.js";
import { moment } from "../../language/formats.js";
import { t } from "../../language/words.js";
import { serverTime } from "../../page/clock.js";
import { soon, undo } from "./later.js";

/** @typedef {import("../talk.js").Talk} Talk */
/**
 * What to say, how to take it back, how it is asked once more; `inside` takes the words of a trouble
 * where a dialog lies over all else, and `once` is what rings anew each time that it arrives.
 *
 * @typedef {{done?: string, undo?: () => void, anew?: () => void, inside?: (words: string) => void, once?: boolean}} Ending
 */

/** What the conversation is like for who asks now. @param {Talk} talk */
export const asSeen = (talk) => ({ owner_version: talk.ownerVersion, seen_up_to: talk.seenUpTo });

/**
 * @param {Talk} talk @param {string} what @param {Record<string, any>} body @param {Ending} [ending]
 * @returns {Promise<boolean>} whether it is done
 */
export async function perform(talk, what, body, { done, undo: back, anew, inside, once = false } = {}) {
  try {
    await talk.ask(what, body, { repeatable: !once });
  } catch (error) {
    if (inside) inside(wordsFor(talk, error));
    else explain(talk, error, anew ?? (() => void perform(talk, what, renewed(talk, body), { done, undo: back })), body);
    return false;
  }
  if (done) tell(done, back && { label: t("undo"), act: back });
  return true;
}

/** What was asked, for the conversation as it is by now. @param {Talk} talk @param {Record<string, any>} body */
function renewed(talk, body) {
  const now = asSeen(talk);
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, name in now ? now[/** @type {keyof typeof now} */ (name)] : value]));
}

/** @param {Talk} talk @param {unknown} error @param {() => void} again @param {Record<string, any>} body */
export function explain(talk, error, again, body = {}) {
  const { type, document = {} } = error instanceof Problem ? error : { type: "" };
  if (type === "unseen-message") {
    tellTrouble(wordsFor(talk, error), isShown(talk) ? { label: t("act.again"), act: again } : { label: t("act.open"), act: () => open(talk.id) });
  } else if (type === "no-room") {
    tellTrouble(t("act.no_room", { load: document.load ?? 0, capacity: document.capacity ?? 0 }), {
      label: t("act.over_capacity"), act: () => void perform(talk, "accept", { ...body, over_capacity: true }),
    });
  } else if (type === "conversation-moved") {
    tellTrouble(wordsOf(error), { label: t("act.open"), act: () => open(document.conversation_id) });
  } else if (error instanceof Problem && error.isPassing) {
    tellTrouble(wordsOf(error), { label: t("try_again"), act: again });
  } else tellTrouble(wordsOf(error));
}

/** @param {Talk} talk @param {unknown} error */
function wordsFor(talk, error) {
  const isUnseen = error instanceof Problem && error.type === "unseen-message";
  return isUnseen ? t("act.unseen", { count: error.document.unseen ?? 1, name: nameOfCustomer(talk) }) : wordsOf(error);
}

/** @param {Talk} talk */
export const nameOfCustomer = (talk) => talk.conversation.peek()?.customer.display_name || t("customer");

/** @param {Talk} talk */
const isShown = (talk) => route.peek().rest[0] === talk.id;

/** @param {string} id */
export const open = (id) => go(route.peek().page || "waiting", id);

/** Take it out of its queue. @param {Talk} talk */
export function accept(talk) {
  const { owner_version } = asSeen(talk);
  return perform(talk, "accept", { owner_version });
}

/** @param {Talk} talk */
export function takeOver(talk) {
  const { owner_version } = asSeen(talk);
  return perform(talk, "take-over", { owner_version });
}

/** Settle it in some seconds, as it is seen now: what the customer writes meanwhile is not settled. @param {Talk} talk */
export function resolve(talk) {
  const seen = asSeen(talk);
  const told = tell(t("act.resolved", { name: nameOfCustomer(talk) }), { label: t("undo"), act: () => undo(talk.id) });
  soon(talk.id, (last) => last
    ? call("POST", `/conversations/${talk.id}/resolve`, { body: seen, keepalive: true }).catch(() => undefined)
    : perform(talk, "resolve", seen, { anew: () => resolve(talk) }), () => dismiss(told));
}

/** @param {Talk} talk */
export function returnToBot(talk) {
  return perform(talk, "return-to-bot", asSeen(talk), { done: t("act.returned") });
}

/** @param {Talk} talk @param {number} until */
export function snooze(talk, until) {
  const body = { until: new Date(until).toISOString(), ...asSeen(talk) };
  return perform(talk, "snooze", body, {
    done: t("act.snoozed", { name: nameOfCustomer(talk), when: moment(until, serverTime()) }), undo: () => void unsnooze(talk),
  });
}

/** @param {Talk} talk */
export function unsnooze(talk) {
  return perform(talk, "unsnooze", {}, { done: t("act.unsnoozed") });
}

/** @param {Talk} talk @param {string} priority */
export function setPriority(talk, priority) {
  const before = talk.conversation.peek()?.priority;
  if (before === priority) return Promise.resolve(true);
  return perform(talk, "classify", { priority }, {
    done: t("act.priority", { priority: t(`priority.${priority}`) }),
    undo: before && (() => void setPriority(talk, before)),
  });
}

/** @param {Talk} talk @param {string[]} [keys] */
export function acknowledge(talk, keys) {
  return perform(talk, "undelivered/acknowledge", keys ? { effect_keys: keys } : {});
}

/** @param {Talk} talk @param {string} promiseId */
export function keepPromise(talk, promiseId) {
  return perform(talk, "promises/keep", { promise_id: promiseId }, { done: t("act.kept") });
}
