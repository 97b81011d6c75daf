/** The tags of the settings, read once and anew by who changes tags. */
import { signal } from "@preact/signals";
import { read } from "../../api/api.js";
import { may } from "../../person/me.js";

/** @type {import("@preact/signals").Signal<import("./tag_names.js").TagSettings | null>} */
export const tagSettings = signal(null);

export async function readTagSettings() {
  tagSettings.value = (await read("/settings/tags")).document;
}

let asked = false;

/** For their titles; without them tags are called by their names. */
export function wantTagTitles() {
  if (asked || !may("read_settings")) return;
  asked = true;
  readTagSettings().catch(() => { asked = false; });
}
