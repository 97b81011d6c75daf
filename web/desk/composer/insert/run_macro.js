/** A macro, once its steps were read and agreed to. */
import { html } from "htm/preact";
import { useRef, useState } from "preact/hooks";
import { act } from "../../api/api.js";
import { Problem, wordsOf } from "../../api/problem.js";
import { tell } from "../../page/messages.js";
import { t } from "../../language/words.js";
import { MacroQuestion } from "../questions.js";

/** @param {{talk: import("../../conversation/talk.js").Talk, macro: import("./offers.js").Macro, onDone: () => void}} props */
export function RunMacro({ talk, macro, onDone }) {
  const [words, setWords] = useState("");
  const [anyway, setAnyway] = useState(false);
  const asked = useRef({ key: crypto.randomUUID(), owner_version: talk.ownerVersion, seen_up_to: talk.seenUpTo });
  const running = useRef(false);
  const run = async () => {
    if (running.current) return;
    running.current = true;
    const { key, ...seen } = asked.current;
    try {
      await act(`/conversations/${talk.id}/macros/${encodeURIComponent(macro.name)}`, { ...seen, ...(anyway ? { anyway } : {}) }, { key });
      tell(t("write.macro.done", { title: macro.title }));
      onDone();
    } catch (error) {
      setWords(wordsOf(error));
      setAnyway(error instanceof Problem && error.type === "colleague-replied");
      await talk.readOn();
      // A refusal is the answer to that request: another one has what is seen by now.
      if (error instanceof Problem && !error.isPassing)
        asked.current = { key: crypto.randomUUID(), owner_version: talk.ownerVersion, seen_up_to: talk.seenUpTo };
    } finally {
      running.current = false;
      void talk.readOn();
    }
  };
  return html`<${MacroQuestion} macro=${macro} words=${words} onRun=${() => void run()} onLeave=${onDone} />`;
}
