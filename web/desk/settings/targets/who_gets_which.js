/** Which policy a conversation would have: tried out on the draft, in the page alone. */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { CHANNEL_KINDS, PRIORITIES } from "../../api/values.js";
import { href } from "../../page/router.js";
import { t } from "../../language/words.js";
import { ChoiceField, TextField } from "../content/fields.js";
import { channelOptions, optionsOf, queueOptions } from "../content/known.js";
import { policyFor } from "./policies.js";
import { goalWords, targetsWords } from "./target_words.js";

/** @param {{policies: import("./policies.js").Policy[]}} props */
export function WhoGetsWhich({ policies }) {
  const [asked, setAsked] = useState({ channel_kind: "messaging", channel: "", queue: "", priority: "normal", segment: "" });
  const put = (/** @type {string} */ name) => (/** @type {string} */ value) => setAsked({ ...asked, [name]: value });
  const other = { value: "", label: t("targets.try.other") };
  const at = policyFor(policies, asked);
  const found = policies[at];
  return html`
    <section class="panel try" aria-labelledby="try-policies">
      <h2 id="try-policies">${t("targets.try")}</h2>
      <div class="fields">
        <${ChoiceField} label=${t("condition.channel_kinds")} value=${asked.channel_kind} options=${optionsOf(CHANNEL_KINDS, (one) => t(`channel_kind.${one}`))} onChange=${put("channel_kind")} />
        <${ChoiceField} label=${t("condition.queues")} value=${asked.queue} options=${[other, ...queueOptions()]} onChange=${put("queue")} />
        <${ChoiceField} label=${t("condition.channels")} value=${asked.channel} options=${[other, ...channelOptions()]} onChange=${put("channel")} />
        <${ChoiceField} label=${t("condition.priorities")} value=${asked.priority} options=${optionsOf(PRIORITIES, (one) => t(`priority.${one}`))} onChange=${put("priority")} />
        <${TextField} label=${t("condition.segments")} value=${asked.segment} onChange=${put("segment")} spellcheck=${false} />
      </div>
      <div role="status">
        ${found
          ? html`
            <p class="notice ok"><span><a href=${href("settings", "targets", String(at))}>${found.name}</a>: ${goalWords(found.goal)}</span></p>
            <p class="muted">${targetsWords(found)}</p>`
          : html`<p class="notice late">${t("targets.try.nothing_fits")}</p>`}
      </div>
    </section>`;
}
