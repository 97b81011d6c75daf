/** Values that the API takes in several places; a later version may have more, which are shown as they are written. */

export const CHANNEL_KINDS = /** @type {const} */ (["live_chat", "messaging", "email", "public"]);
export const PRIORITIES = /** @type {const} */ (["low", "normal", "high", "urgent"]);
export const TONES = /** @type {const} */ (["informal", "neutral", "formal"]);
/** Ways of counting a service level. */
export const DEFINITIONS = /** @type {const} */ (["strict", "answered_only", "short_abandons_excluded", "short_abandons_as_served"]);
