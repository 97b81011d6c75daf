/** Where somebody writes to a customer, or to colleagues about one. */
import { html } from "htm/preact";
import { useComputed } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { now } from "../page/clock.js";
import { useShortcuts } from "../page/keys.js";
import { may, me } from "../person/me.js";
import { tell } from "../page/messages.js";
import { t } from "../language/words.js";
import { Tabs } from "../parts/tabs.js";
import { Counter } from "./counter.js";
import { compare, saveSoon } from "./drafts/drafts.js";
import { WritingField } from "./field.js";
import { Attachments, RefusedFiles } from "./files/attachments.js";
import { takeFiles } from "./files/take_files.js";
import { rulesOf } from "./lint/channel_rules.js";
import { Findings, useFindings } from "./lint/findings.js";
import { Colleagues, OtherDraft, Others, WindowClosed, WindowLeft } from "./notices.js";
import { outbox, put, tryAgain, withdraw } from "./outbox.js";
import { PromiseWords } from "./beside/promise.js";
import { ColleagueQuestion, FaultQuestion } from "./questions.js";
import { QuickButtons } from "./beside/quick_buttons.js";
import { RunMacro } from "./insert/run_macro.js";
import { refusalType } from "./sending/refusal_words.js";
import { rest, send, sendTemplate } from "./sending/send.js";
import { filled } from "./beside/template_rules.js";
import { Templates } from "./beside/templates.js";
import { Tools } from "./tools.js";
import { sayDone, sayTyping } from "./typing.js";
import { windowReading } from "./window.js";
import { chooseKind, giveBack, kindOf, writeAnew, writingOf } from "./writing.js";

/** @typedef {import("../conversation/talk.js").Talk} Talk */
/** @typedef {import("../api/shapes.d.ts").Conversation} Conversation */
/** @typedef {import("./sending/outbox_items.js").Kind} Kind */
/** @typedef {import("./insert/offers.js").Macro} Macro */

const KINDS = /** @type {const} */ (["reply", "note"]);

/** @param {{talk: Talk}} props */
export function Composer({ talk }) {
  const conversation = talk.conversation.value;
  if (!conversation || !may("work_conversations")) return null;
  return html`<${Writer} key=${talk.id} talk=${talk} conversation=${conversation} />`;
}

/** @param {{talk: Talk, conversation: Conversation}} props */
function Writer({ talk, conversation }) {
  const kind = kindOf(talk.id).value;
  const writing = writingOf(talk.id, kind);
  const acts = useRef(/** @type {import("./field.js").FieldActs | null} */ (null));
  const [isOver, setOver] = useState(false);
  const [blocked, setBlocked] = useState("");
  const [faults, setFaults] = useState(/** @type {import("./lint/lint.js").Finding[]} */ ([]));
  const [refused, setRefused] = useState(/** @type {import("./files/take_files.js").Refused[]} */ ([]));
  const [macro, setMacro] = useState(/** @type {Macro | null} */ (null));
  const [choosing, setChoosing] = useState(false);
  const isClosed = useComputed(() => windowReading(talk.window.value, now.value).state === "closed").value;
  const rules = rulesOf(conversation.channel, conversation.customer.language);
  const findings = useFindings(kind === "reply" ? writing.now.value.text : "", rules);
  const lock = kind === "note" ? null : lockOf(conversation, isClosed);
  const canTemplate = (talk.window.value?.afterwards ?? []).includes("template");

  // Once it is drawn, and before the next key: what is typed then belongs into the field.
  const focus = () => queueMicrotask(() => queueMicrotask(() => acts.current?.focus()));
  const write = (/** @type {Kind} */ to) => {
    chooseKind(talk.id, to);
    focus();
  };
  const files = (/** @type {File[]} */ given) => void takeFiles(writing, given, rules?.media ?? null).then(setRefused);
  const deliver = (/** @type {boolean} */ all = false) => {
    const outcome = send(writing, rules, all);
    setFaults("ask" in outcome ? outcome.ask : []);
    setBlocked("blocked" in outcome ? outcome.blocked : "");
    if ("sent" in outcome) sayDone(talk.id);
    if (!("ask" in outcome)) focus();
  };
  const anew = talk.rewrite.value;
  useEffect(() => {
    if (!anew) return;
    talk.rewrite.value = "";
    writeAnew(talk.id, anew, talk.seenUpTo);
    focus();
  }, [anew]);
  useShortcuts([
    { keys: "r", label: "write.keys.reply", act: () => write("reply") },
    { keys: "n", label: "write.keys.note", act: () => write("note") },
  ], [talk.id]);
  useEffect(() => {
    setBlocked("");
    setFaults([]);
    setRefused([]);
    if (!writing.compared) void compare(writing);
    const leave = () => rest(writing, true);
    addEventListener("pagehide", leave);
    return () => { removeEventListener("pagehide", leave); rest(writing); };
  }, [writing]);

  return html`
    <section class="composer ${kind} ${isOver ? "over" : ""}" aria-label=${t("write.composer")}
      ...${kind === "reply" && !lock ? dropping(setOver, files) : {}}>
      <div class="composer-head">
        <div onClick=${(/** @type {MouseEvent} */ event) => { if (event.detail) focus(); }}>
          <${Tabs} name=${t("write.kind")} panel="composer-panel" chosen=${kind}
            onChoose=${(/** @type {string} */ to) => chooseKind(talk.id, /** @type {Kind} */ (to))}
            tabs=${KINDS.map((id) => ({ id, label: t(`write.kind.${id}`) }))} />
        </div>
        <${Others} talk=${talk} writing=${writing} />
      </div>
      <div role="tabpanel" id="composer-panel" aria-label=${t(`write.kind.${kind}`)}>
        ${lock === "window" && html`<${WindowClosed} talk=${talk} canTemplate=${canTemplate}
          onTemplate=${() => setChoosing(true)} onNote=${() => write("note")} />`}
        ${lock === "colleague" && html`<${Colleagues} owner=${conversation.owner.name} onNote=${() => write("note")} />`}
        ${lock && writing.now.value.text && html`<p class="locked-text">${writing.now.value.text}</p>`}
        ${!lock && html`
          <div class="composer-extras">
            <${OtherDraft} writing=${writing} />
            <${Attachments} writing=${writing} />
            <${RefusedFiles} refused=${refused} onDone=${(/** @type {any} */ one) => setRefused(refused.filter((other) => other !== one))} />
            ${kind === "reply" && rules && html`<${QuickButtons} writing=${writing} rules=${rules} />`}
          </div>
          <${WritingField} key=${kind} writing=${writing} acts=${acts} describedBy="composer-found" onMacro=${setMacro}
            name=${nameFor(kind, conversation)} placeholder=${t(`write.kind.${kind}.hint`)}
            onType=${(/** @type {string} */ text) => {
              writing.type(text, talk.seenUpTo);
              saveSoon(writing);
              setBlocked("");
              if (text) sayTyping(talk.id);
            }}
            onSend=${() => deliver()} onRest=${() => rest(writing)}
            onFiles=${(/** @type {File[]} */ given) => { if (kind === "reply") files(given); }} />
          <${Findings} id="composer-found" findings=${findings} />
          <p class="blocked trouble" role="alert" hidden=${!blocked}>${blocked}</p>
          <div class="composer-foot">
            <span class="composer-facts">
              <${Counter} writing=${writing} rules=${rules} />
              ${kind === "reply" && html`<${WindowLeft} talk=${talk} />`}
              ${kind === "reply" && html`<${PromiseWords} writing=${writing} />`}
              ${kind === "note" && html`<span class="muted">${t("write.kind.note.who")}</span>`}
            </span>
            <${Tools} writing=${writing} rules=${rules} canTemplate=${canTemplate} onFiles=${files}
              onOpen=${(/** @type {"/" | "@"} */ sign) => acts.current?.open(sign)}
              onTemplate=${() => setChoosing(true)} onSend=${() => deliver()} />
          </div>`}
      </div>
      ${faults.length > 0 && html`<${FaultQuestion} findings=${faults}
        onSend=${() => deliver(true)} onEdit=${() => { setFaults([]); focus(); }} />`}
      ${macro && html`<${RunMacro} talk=${talk} macro=${macro} onDone=${() => { setMacro(null); focus(); }} />`}
      ${choosing && html`<${Templates} conversationId=${talk.id} onClose=${() => setChoosing(false)}
        onSend=${(/** @type {any} */ template, /** @type {any} */ parameters) => {
          const { name, language, body } = template;
          if (sendTemplate(talk.id, { name, language, parameters }, filled(body, parameters), talk.seenUpTo)) setChoosing(false);
          else setBlocked(t("write.send.not_kept"));
        }} />`}
      <${FasterColleague} talk=${talk} onEdit=${focus} />
    </section>`;
}

/** Of a message that was not sent because somebody else answered it is asked once more. @param {{talk: Talk, onEdit: () => void}} props */
function FasterColleague({ talk, onEdit }) {
  const [left, setLeft] = useState(/** @type {string[]} */ ([]));
  const item = outbox.value.find((one) => one.conversation_id === talk.id && one.state === "refused"
    && refusalType(one) === "colleague-replied" && !left.includes(one.id));
  if (!item) return null;
  const edit = async () => {
    setLeft([...left, item.id]);
    if (item.content.template) return; // it has no words to edit; what to do stands beside it
    await talk.readOn();
    await takeBack(item.id, talk);
    onEdit();
  };
  return html`<${ColleagueQuestion} key=${item.id} replies=${item.refusal?.document.replies ?? []}
    yours=${item.content.shown ?? item.content.text} onEdit=${() => void edit()}
    onSend=${() => tryAgain(item.id, { anyway: true })} />`;
}

/** Take a message back into its field. @param {string} id @param {Talk} talk */
export async function takeBack(id, talk) {
  const item = await withdraw(id);
  if (!item) {
    tell(t("write.outbox.on_its_way"));
    return;
  }
  if (item.content.template) put({ ...item, state: "refused" });
  else giveBack(item, talk.seenUpTo);
}

/** @param {Conversation} conversation @param {boolean} isClosed @returns {"window" | "colleague" | null} */
function lockOf({ owner }, isClosed) {
  const isMine = owner.kind !== "agent" || owner.name === me.value?.agent_id || may("act_for_colleagues");
  if (!isMine) return "colleague";
  return isClosed ? "window" : null;
}

/** @param {Kind} kind @param {Conversation} conversation */
function nameFor(kind, { customer }) {
  const name = customer.display_name;
  return kind === "reply" && name ? t("write.kind.reply.to", { name }) : t(`write.kind.${kind}`);
}

/** @param {(over: boolean) => void} setOver @param {(files: File[]) => void} onFiles */
function dropping(setOver, onFiles) {
  const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
  return {
    onDragOver: (/** @type {DragEvent} */ event) => { if (hasFiles(event)) { event.preventDefault(); setOver(true); } },
    onDragLeave: () => setOver(false),
    onDrop: (/** @type {DragEvent} */ event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      onFiles([...(event.dataTransfer?.files ?? [])]);
    },
  };
}
