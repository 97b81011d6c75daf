/** Which dialog of the frame is open; there is one at a time. */
import { signal } from "@preact/signals";

/** @type {import("@preact/signals").Signal<"" | "preferences" | "keys" | "palette">} */
export const openDialog = signal("");
