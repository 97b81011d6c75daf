/** The dialog of the conversation that is open, if one is. */
import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import { CallBackDialog } from "./call_back_dialog.js";
import { ConsultDialog, TransferDialog } from "./hand_on_dialog.js";
import { closeAct, openAct } from "./open_act.js";
import { SnoozeDialog } from "./snooze_dialog.js";
import { TagsDialog } from "./tags_dialog.js";

const DIALOGS = { transfer: TransferDialog, consult: ConsultDialog, snooze: SnoozeDialog, tags: TagsDialog, call_back: CallBackDialog };

/** @param {{talk: import("../talk.js").Talk}} props */
export function Dialogs({ talk }) {
  useEffect(() => closeAct, [talk.id]);
  const Shown = /** @type {Record<string, any>} */ (DIALOGS)[openAct.value];
  return Shown ? html`<${Shown} talk=${talk} />` : null;
}
