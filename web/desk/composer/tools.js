/** The row under the field: what can be put into a message, and the button that sends it. */
import { html } from "htm/preact";
import { useRef } from "preact/hooks";
import { t } from "../language/words.js";
import { Icon } from "../parts/icon.js";
import { Menu } from "../parts/menu.js";
import { choices, choose } from "./choices.js";
import { PromiseMenu } from "./beside/promise.js";

/** @typedef {import("./writing.js").Writing} Writing */
/** @typedef {import("../api/shapes.d.ts").LintRules} LintRules */

/**
 * @param {{writing: Writing, rules: LintRules | null, canTemplate: boolean, onFiles: (files: File[]) => void,
 *   onOpen: (sign: "/" | "@") => void, onTemplate: () => void, onSend: () => void}} props
 */
export function Tools({ writing, rules, canTemplate, onFiles, onOpen, onTemplate, onSend }) {
  const isReply = writing.kind === "reply";
  return html`
    <div class="tools">
      ${isReply && html`<${FileButton} onFiles=${onFiles} />`}
      <button type="button" class="plain icon" aria-label=${t("write.tools.canned")} title=${t("write.tools.canned_key")}
        onClick=${() => onOpen("/")}><${Icon} mark="quote" /></button>
      ${!isReply && html`
        <button type="button" class="plain icon" aria-label=${t("write.tools.mention")} title=${t("write.tools.mention")}
          onClick=${() => onOpen("@")}><${Icon} mark="people" /></button>`}
      ${isReply && html`<${PromiseMenu} writing=${writing} />`}
      <${Menu} name=${t("write.tools.more")} buttonClass="plain icon" place="up start"
        choices=${[...(isReply ? moreOf(writing, rules, canTemplate, onTemplate) : []), ...habits()]}>
        <${Icon} mark="more" />
      <//>
    </div>
    <button type="button" class="main send" title=${t(choices.value.enterSends ? "write.send.by_enter" : "write.send.by_ctrl_enter")}
      onClick=${onSend}>${t(isReply ? "write.send.reply" : "write.send.note")}</button>`;
}

/** @param {Writing} writing @param {LintRules | null} rules @param {boolean} canTemplate @param {() => void} onTemplate */
function moreOf(writing, rules, canTemplate, onTemplate) {
  const { buttons } = writing.now.value;
  return [
    ...(rules?.buttons ? [{
      label: t("write.buttons.add"), disabled: buttons.length >= rules.buttons,
      act: () => writing.change({ buttons: [...buttons, ""] }),
    }] : []),
    ...(canTemplate ? [{ label: t("write.window.template"), act: onTemplate }] : []),
  ];
}

function habits() {
  const { enterSends, undo, originalSize } = choices.value;
  return [
    { label: t("write.choice.enter"), checked: enterSends, act: () => choose({ enterSends: !enterSends }) },
    { label: t("write.choice.undo"), checked: undo, act: () => choose({ undo: !undo }) },
    { label: t("write.choice.original"), checked: originalSize, act: () => choose({ originalSize: !originalSize }) },
  ];
}

/** @param {{onFiles: (files: File[]) => void}} props */
function FileButton({ onFiles }) {
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  return html`
    <input ref=${input} type="file" multiple hidden tabindex="-1" aria-hidden="true"
      onChange=${(/** @type {any} */ event) => {
        onFiles([...event.currentTarget.files]);
        event.currentTarget.value = "";
      }} />
    <button type="button" class="plain icon" aria-label=${t("write.tools.files")} title=${t("write.tools.files")}
      onClick=${() => input.current?.click()}><${Icon} mark="clip" /></button>`;
}
