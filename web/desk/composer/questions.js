/** What is asked once before something is sent: texts with faults, a colleague who was faster, macros. */
import { html } from "htm/preact";
import { nameOf } from "../person/colleagues.js";
import { moment } from "../language/formats.js";
import { t } from "../language/words.js";
import { Dialog } from "../parts/dialog.js";
import { Found } from "./lint/findings.js";

/** What a dialog that opens gives the focus to. @param {HTMLElement | null} shown */
const first = (shown) => shown?.setAttribute("autofocus", "");

/** @param {{title: string, yes: string, no: string, onYes: () => void, onNo: () => void, children?: any}} props */
function Question({ title, yes, no, onYes, onNo, children }) {
  return html`
    <${Dialog} title=${title} onClose=${onNo}>
      ${children}
      <div class="buttons end">
        <button type="button" onClick=${onYes}>${yes}</button>
        <button type="button" class="main" ref=${first} onClick=${onNo}>${no}</button>
      </div>
    <//>`;
}

/** @param {{findings: import("./lint/lint.js").Finding[], onSend: () => void, onEdit: () => void}} props */
export function FaultQuestion({ findings, onSend, onEdit }) {
  return html`
    <${Question} title=${t("write.ask.faults")} yes=${t("write.ask.send_anyway")} no=${t("write.ask.keep_editing")} onYes=${onSend} onNo=${onEdit}>
      <ul class="findings">${findings.map((one) => html`<${Found} key=${one.start} finding=${one} />`)}</ul>
    <//>`;
}

/** @typedef {{effect_key: string, at: string, author: string, agent_id: string | null, text: string}} OtherReply */

/** @param {{replies: OtherReply[], yours: string, onSend: () => void, onEdit: () => void}} props */
export function ColleagueQuestion({ replies, yours, onSend, onEdit }) {
  const who = replies.some((one) => one.author === "agent") ? "write.ask.colleague_replied" : "write.ask.bot_replied";
  return html`
    <${Question} title=${t(who)} yes=${t("write.ask.send_anyway")} no=${t("write.ask.keep_editing")} onYes=${onSend} onNo=${onEdit}>
      <div class="quoted">
        ${replies.map((one) => html`
          <blockquote key=${one.effect_key}>
            <small>${one.author === "agent" ? nameOf(one.agent_id) : t("write.ask.bot")} · ${moment(one.at, Date.now())}</small>
            <p>${one.text}</p>
          </blockquote>`)}
      </div>
      ${yours && html`<div class="quoted own"><small>${t("write.ask.yours")}</small><p>${yours}</p></div>`}
    <//>`;
}

/** @param {{macro: import("./insert/offers.js").Macro, words: string, onRun: () => void, onLeave: () => void}} props */
export function MacroQuestion({ macro, words, onRun, onLeave }) {
  return html`
    <${Dialog} title=${macro.title} onClose=${onLeave}>
      ${words && html`<p class="notice late" role="alert">${words}</p>`}
      <p>${t("write.macro.does")}</p>
      <ol class="macro-steps">${macro.steps.map((step, number) => html`<li key=${number}>${t(`write.macro.step.${step}`)}</li>`)}</ol>
      <div class="buttons end">
        <button type="button" onClick=${onLeave}>${t("cancel")}</button>
        <button type="button" class="main" onClick=${onRun}>${t("write.macro.run")}</button>
      </div>
    <//>`;
}
