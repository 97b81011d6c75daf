/** Suggestions for the word at the cursor: canned replies, macros, colleagues. */
import { useEffect, useState } from "preact/hooks";
import { wordsOf } from "../../api/problem.js";
import { colleagues, nameOf } from "../../person/colleagues.js";
import { me } from "../../person/me.js";
import { t } from "../../language/words.js";
import { mentioned, MOST_MENTIONS, search, triggerAt } from "./completion.js";
import { offersFor } from "./offers.js";

/** @typedef {import("../writing.js").Writing} Writing */
/** @typedef {import("./completion.js").Trigger} Trigger */
/** @typedef {import("./offers.js").Offers} Offers */

const PAUSE_MS = 150;
const MOST_SHOWN = 50;

/**
 * @param {Writing} writing @param {number} cursor of the field, -1 while it has no focus
 * @param {{put: (trigger: Trigger, text: string, gaps?: string[]) => void, runMacro: (macro: import("./offers.js").Macro) => void}} acts
 */
export function useSuggestions(writing, cursor, acts) {
  const [offers, setOffers] = useState(/** @type {Offers | null} */ (null));
  const [trouble, setTrouble] = useState("");
  const [dismissed, setDismissed] = useState(-1);
  const [active, setActive] = useState(0);
  const { text } = writing.now.value;
  const signs = writing.kind === "note" ? ["/", "@"] : ["/"];
  const found = cursor < 0 ? null : triggerAt(text, cursor, signs);
  const trigger = found && found.from !== dismissed ? found : null;
  const query = trigger?.query ?? "";
  const isCanned = trigger?.sign === "/";

  useEffect(() => setActive(0), [query, trigger?.from]);
  useEffect(() => { if (!found) setDismissed(-1); }, [!found]);
  useEffect(() => {
    if (!isCanned) return undefined;
    let late = false;
    const timer = setTimeout(() => offersFor(writing.conversationId, query).then(
      (all) => { if (!late) { setOffers(all); setTrouble(""); } },
      (error) => { if (!late) setTrouble(wordsOf(error)); },
    ), offers && query ? PAUSE_MS : 0);
    return () => { late = true; clearTimeout(timer); };
  }, [isCanned, query, writing]);

  const list = !trigger ? [] : isCanned ? cannedOf(trigger, offers, acts) : peopleOf(writing, trigger, acts);
  const beyond = trigger && !isCanned && mentioned(text, writing.now.value.mentions).length >= MOST_MENTIONS;
  // A search that finds nothing and has gone on over a space was none.
  const isOpen = !!trigger && (list.length > 0 || !/\s/u.test(query));
  return {
    isOpen, list, active: Math.min(active, Math.max(0, list.length - 1)), setActive,
    waiting: isCanned && !offers,
    trouble: beyond ? t("write.suggest.most_mentions", { count: MOST_MENTIONS }) : isCanned ? trouble : "",
    name: t(isCanned ? "write.suggest.canned" : "write.suggest.colleagues"),
    dismiss: () => setDismissed(trigger?.from ?? -1),
  };
}

/** @param {Trigger} trigger @param {Offers | null} offers @param {Parameters<typeof useSuggestions>[2]} acts @returns {import("./suggestions.js").Suggestion[]} */
function cannedOf(trigger, offers, acts) {
  if (!offers) return [];
  const replies = search(offers.replies, trigger.query).map((reply) => ({
    id: `reply-${reply.name}`, title: reply.title, detail: reply.text.slice(0, 160), missing: reply.missing.length > 0,
    choose: () => acts.put(trigger, reply.text, reply.missing.map((name) => `{${name}}`)),
  }));
  const macros = search(offers.macros, trigger.query).map((macro) => ({
    id: `macro-${macro.name}`, title: macro.title, badge: t("write.suggest.macro"),
    detail: macro.steps.map((step) => t(`write.macro.step.${step}`)).join(" · "),
    choose: () => { acts.put(trigger, ""); acts.runMacro(macro); },
  }));
  return [...replies, ...macros].slice(0, MOST_SHOWN);
}

/** @param {Writing} writing @param {Trigger} trigger @param {Parameters<typeof useSuggestions>[2]} acts @returns {import("./suggestions.js").Suggestion[]} */
function peopleOf(writing, trigger, acts) {
  const { text, mentions } = writing.now.value;
  if (mentioned(text, mentions).length >= MOST_MENTIONS) return [];
  const people = [...colleagues.value.values()]
    .filter((one) => one.agent_id !== me.value?.agent_id)
    .map((one) => ({ ...one, title: nameOf(one.agent_id) }));
  return search(people, trigger.query).slice(0, MOST_SHOWN).map((one) => ({
    id: one.agent_id, title: one.title, detail: t(`presence.${one.presence}`),
    choose: () => {
      writing.change({ mentions: [...mentions.slice(-20), { agent_id: one.agent_id, name: one.title }] });
      acts.put(trigger, `@${one.title} `);
    },
  }));
}
