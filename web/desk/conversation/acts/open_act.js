/** Which of a conversation's dialogs is open; there is one at a time. */
import { signal } from "@preact/signals";

/** @typedef {"" | "transfer" | "consult" | "snooze" | "tags" | "call_back" | "contact"} OpenAct */

/** @type {import("@preact/signals").Signal<OpenAct>} */
export const openAct = signal("");

export const closeAct = () => { openAct.value = ""; };
