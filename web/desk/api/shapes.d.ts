/** What the agent API answers, as far as the desk uses it; docs/agent-api.md tells all of it. */

export type Lifecycle = "open" | "awaiting_customer" | "snoozed" | "resolved";
export type Presence = "available" | "busy" | "away" | "offline";
export type Priority = "low" | "normal" | "high" | "urgent";

export interface Owner { kind: "bot" | "queue" | "agent" | "nobody"; name: string; version: number; since: string }
export interface Due { kind: string; at: string | null; state: string }
export interface LastWords { at: string; author: string; text: string; media: string[] }

export interface Row {
  conversation_id: string;
  sequence: number;
  channel: string;
  name: string | null;
  language: string | null;
  owner: Owner;
  lifecycle: Lifecycle;
  queue: string | null;
  priority: Priority;
  last_words: LastWords | null;
  waiting_since: string | null;
  due: Due | null;
  offer: { offer_id: string; agent_id: string | null; expires_at: string } | null;
  unread: number;
  undelivered: number;
  tags: string[];
  snoozed_until: string | null;
  last_activity_at: string | null;
}

export interface Me {
  agent_id: string;
  display_name: string;
  roles: string[];
  permissions: string[];
  teams: string[];
  queues: string[];
  sees: string[] | null;
  server_time: string;
  settings: { presence_seconds: number; limits: { reply_characters: number; note_characters: number } };
}

export interface PersonalOffer {
  offer_id: string;
  conversation_id: string;
  channel: string;
  queue: string;
  priority: Priority;
  reason: string;
  units: number;
  offered_at: string;
  expires_at: string;
}

export interface MyWork {
  agent_id: string;
  presence: Presence;
  presence_until: string | null;
  missed_offers: number;
  display_name: string;
  load: number;
  capacity: number;
  conversations: number;
  offers: PersonalOffer[];
}

export interface Colleague {
  agent_id: string;
  display_name: string;
  queues: string[];
  languages: string[];
  presence: Presence;
  presence_until: string | null;
  load: number;
  capacity: number;
}

export interface Clock {
  kind: string;
  promise_id: string | null;
  state: string;
  policy: string;
  calendar: string;
  started_at: string;
  warn_at: string | null;
  due_at: string | null;
  target_seconds: number;
  ended_at: string | null;
}

export interface Entry {
  at: string;
  type: string;
  author: string;
  text: string;
  detail: Record<string, any>;
  /** Sorts it among the others, whichever page they came with. */
  place: string;
}

export interface Conversation {
  conversation_id: string;
  channel: string;
  customer: { display_name: string | null; language: string | null; origin: Record<string, any> | null };
  owner: Owner;
  lifecycle: Lifecycle;
  snoozed_until: string | null;
  activity: string;
  priority: Priority;
  segment: string | null;
  episode: number;
  queue: string | null;
  handoff_reason: string | null;
  doubtful: boolean;
  undelivered: { effect_key: string; agent_id: string; at: string; of_part?: boolean }[];
  tags: string[];
  tags_version: number;
  offer: { offer_id: string; tier: number; agents: string[]; endpoints: string[]; expires_at: string; declined_by: string[] } | null;
  clocks: Clock[];
}

export interface ReplyWindow { open: boolean; until: string | null; afterwards: string[] }

export interface Page {
  entries: Entry[];
  older: number | string | null;
  sequence: number;
  newer: number | string | null;
  changed: { effect_key: string; detail: Record<string, any> }[];
}

export interface ConversationPage extends Conversation { reply_window: ReplyWindow; timeline: Page }

export interface FileLimits { mime_types: string[]; max_bytes: number }

/** What holds for replies on a channel, in a language: `GET /lint/rules`. */
export interface LintRules {
  channel: string;
  channel_kind: string;
  tone: "informal" | "neutral" | "formal";
  public: boolean;
  language: string;
  text_limit: number | null;
  text_unit: "code_point" | "utf_16";
  text_limit_above_buttons: number | null;
  buttons: number;
  button_title_limit: number;
  media: Record<string, FileLimits>;
  longest: number;
  most_exclamation_marks: number;
  letters_of_a_loud_word: number;
  loud_words: number;
  severities: Record<string, "error" | "warning" | "hint">;
  patterns: Record<string, string>;
  address: { informal: string[]; formal: string[]; formal_in_capitals: string[] };
  blame: string[];
  words: Record<string, string>;
}

export interface Draft {
  text: string;
  seen_up_to: number | null;
  version: number;
  written_at: string | null;
  expires_at: string | null;
}

export interface CannedReply { name: string; title: string; language: string; text: string; missing: string[] }
export interface Macro { name: string; title: string; steps: string[] }

export interface Template {
  name: string;
  channel: string;
  account_id: string | null;
  language: string;
  category: string;
  body: string;
  parameters: { name: string; example: string }[];
}

export interface UploadSlot { media_id: string; url: string; fields: Record<string, string>; usable_until: string }
