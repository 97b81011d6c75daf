/** Macros: steps that are done in their order, all or none; what would be refused of them. */
import { renamed } from "../content/lists.js";

/** @typedef {Record<string, any> & {do: string}} Step */
/**
 * @typedef {{channels: string[], channel_kinds: string[], tones: string[], queues: string[], title: string}} Places
 * @typedef {Places & {text: Record<string, string>}} Reply
 * @typedef {Places & {steps: Step[]}} Macro
 * @typedef {{business_name: string, replies: Record<string, Reply>, macros: Record<string, Macro>}} CannedDocument
 */

const STEPS = /** @type {const} */ (["reply", "note", "tag", "classify", "snooze", "resolve", "transfer"]);
const MOST_STEPS = 10;
export const MOST_REPLIES = 1_000;
export const MOST_MACROS = 200;
export const LONGEST_TITLE = 80;
export const SHORTEST_SNOOZE = 60;
export const LONGEST_SNOOZE = 366 * 86_400;
/** After these the conversation is not the agent's to go on with. */
const ENDINGS = ["snooze", "resolve", "transfer"];

/** @returns {Places} */
const everywhere = () => ({ title: "", channels: [], channel_kinds: [], tones: [], queues: [] });

/** @returns {Reply} */
export const newReply = () => ({ ...everywhere(), text: {} });

/** @returns {Macro} */
export const newMacro = () => ({ ...everywhere(), steps: [] });

/** @param {string} kind @param {{queue: string}} first what a step begins with @returns {Step} */
export function newStep(kind, { queue }) {
  switch (kind) {
    case "reply": return { do: "reply", canned: null, text: {} };
    case "note": return { do: "note", text: "" };
    case "tag": return { do: "tag", adds: [], removes: [] };
    case "classify": return { do: "classify", priority: null, segment: null };
    case "snooze": return { do: "snooze", seconds: 86_400 };
    case "transfer": return { do: "transfer", queue, note: null };
    default: return { do: "resolve" };
  }
}

/** Which steps may still be added. @param {readonly Step[]} steps @returns {string[]} */
export function possibleSteps(steps) {
  const kinds = steps.map((step) => step.do);
  return STEPS.filter((kind) => steps.length < MOST_STEPS
    && !(kind === "reply" && kinds.includes("reply"))
    && !(ENDINGS.includes(kind) && kinds.some((other) => ENDINGS.includes(other))));
}

/** Put a step in: before the one that ends the macro. @param {readonly Step[]} steps @param {Step} step @returns {Step[]} */
export function withStep(steps, step) {
  const last = steps.at(-1);
  return last && ENDINGS.includes(last.do) ? [...steps.slice(0, -1), step, last] : [...steps, step];
}

/** Whether a step may move there: what ends comes last. @param {readonly Step[]} steps @param {number} at @param {number} to */
export function mayMove(steps, at, to) {
  const [step, other] = [steps[at], steps[to]];
  return !!step && !!other && !ENDINGS.includes(step.do) && !ENDINGS.includes(other.do);
}

/** @typedef {"no_words" | "no_reply" | "no_tags" | "no_change" | "not_last" | "second_reply" | "no_queue" | "no_time"} StepFault */

/**
 * What is wrong with a step where it stands.
 *
 * @param {readonly Step[]} steps @param {number} at @param {{replies: readonly string[]}} known
 * @returns {StepFault | null}
 */
export function stepFault(steps, at, { replies }) {
  const step = steps[at];
  if (!step) return null;
  if (ENDINGS.includes(step.do) && at < steps.length - 1) return "not_last";
  switch (step.do) {
    case "reply":
      if (steps.slice(0, at).some((other) => other.do === "reply")) return "second_reply";
      if (step.canned) return replies.includes(step.canned) ? null : "no_reply";
      return Object.keys(step.text ?? {}).length ? null : "no_words";
    case "note": return step.text?.trim() ? null : "no_words";
    case "tag": return step.adds?.length || step.removes?.length ? null : "no_tags";
    case "classify": return step.priority || step.segment !== null ? null : "no_change";
    case "snooze": return step.seconds >= SHORTEST_SNOOZE && step.seconds <= LONGEST_SNOOZE ? null : "no_time";
    case "transfer": return step.queue ? null : "no_queue";
    default: return null;
  }
}

/** Macros that say a canned reply. @param {CannedDocument} document @param {string} name @returns {string[]} their titles */
export function saidBy(document, name) {
  return Object.values(document.macros)
    .filter((macro) => macro.steps.some((step) => step.do === "reply" && step.canned === name))
    .map((macro) => macro.title);
}

/** Call a canned reply otherwise, in the macros too. @param {CannedDocument} document @param {string} from @param {string} to @returns {CannedDocument} */
export function withReplyRenamed(document, from, to) {
  if (!(from in document.replies) || to in document.replies) return document;
  const replies = renamed(document.replies, from, to);
  const macros = Object.fromEntries(Object.entries(document.macros).map(([name, macro]) => [name, {
    ...macro,
    steps: macro.steps.map((step) => (step.do === "reply" && step.canned === from ? { ...step, canned: to } : step)),
  }]));
  return { ...document, replies, macros };
}
