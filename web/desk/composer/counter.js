/** How long the text is, against what the channel takes, and in which parts it would leave. */
import { html } from "htm/preact";
import { useMemo, useState } from "preact/hooks";
import { t } from "../language/words.js";
import { Dialog } from "../parts/dialog.js";
import { lengthOf, splitText } from "./lint/text_splitting.js";
import { longest } from "./sending/send.js";

/** @typedef {import("./writing.js").Writing} Writing */
/** @typedef {import("../api/shapes.d.ts").LintRules} LintRules */

/** @param {{writing: Writing, rules: LintRules | null}} props */
export function Counter({ writing, rules }) {
  const [shown, setShown] = useState(false);
  const { text, buttons } = writing.now.value;
  const limit = limitOf(writing, rules, buttons.length > 0);
  const unit = limit.isChannel && rules ? rules.text_unit : "code_point";
  const length = useMemo(() => lengthOf(text.trim(), unit), [text, unit]);
  const isBeyond = length > limit.most;
  const cut = useMemo(() => (isBeyond && limit.isChannel && length <= longest(writing.kind) ? splitText(text, limit.most, unit) : []), [text, limit.most, unit, isBeyond, length]);
  const count = Math.max(1, cut.length);
  const parts = shown ? cut : [];
  if (!length) return null;
  return html`
    <span class=${length > longest(writing.kind) ? "trouble" : "muted"}>${t("write.counter", { count: length, most: limit.most })}</span>
    ${count > 1 && html`
      <button type="button" class="link" aria-haspopup="dialog" onClick=${() => setShown(true)}>${t("write.counter.parts", { count })}</button>`}
    ${parts.length > 0 && html`
      <${Dialog} title=${t("write.counter.parts", { count })} onClose=${() => setShown(false)}>
        <ol class="parts-preview">${parts.map((part, number) => html`<li key=${number}>${part}</li>`)}</ol>
      <//>`}`;
}

/** @param {Writing} writing @param {LintRules | null} rules @param {boolean} hasButtons @returns {{most: number, isChannel: boolean}} */
function limitOf(writing, rules, hasButtons) {
  const most = longest(writing.kind);
  if (writing.kind === "note" || !rules?.text_limit) return { most, isChannel: false };
  const channels = hasButtons ? rules.text_limit_above_buttons ?? rules.text_limit : rules.text_limit;
  return { most: Math.min(most, channels), isChannel: channels < most };
}
