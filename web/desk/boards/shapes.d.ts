/** What the agent API answers to boards and reports. */
import type { Row } from "../api/shapes.d.ts";

export interface Amount { count: number; is_least: boolean }

export interface Standing {
  queue: string;
  waiting: Amount;
  longest_waiting_since: string | null;
  expected_wait: { low_seconds: number; high_seconds: number; position: number } | null;
  people: { at_work: number; available: number; with_room: number; is_least: boolean };
  hours: { calendar: string; is_open: boolean; next_opening: string | null; next_closing: string | null } | null;
  overdue: Amount;
}

export interface Board { at: string; queues: Standing[] }

export type Definition = "answered_only" | "strict" | "short_abandons_excluded" | "short_abandons_as_served";

export interface Level {
  policies: string[];
  definition: Definition;
  threshold_seconds: number;
  offered: number;
  service_level: number | null;
  goal: number | null;
  met: boolean | null;
  also_within: { threshold_seconds: number; service_level: number | null }[];
  short_abandon_seconds: number | null;
  abandon_rate: number | null;
}

export interface Times { median: number | null; p90: number | null; p95: number | null }

export interface Figures {
  offered: number;
  answered: number;
  abandoned: number;
  answers_lost: number;
  abandon_rate: number | null;
  answered_after: Times;
  abandoned_after: Times;
  longer_than: { threshold_seconds: number; share: number | null }[];
  service_levels: Level[];
}

export interface ReportRow { start: string; end: string; queue: string; channel: string; figures: Figures }

export interface Total {
  queue: string | null;
  channel: string | null;
  figures: Figures;
  expected_wait: { announced: number; within_announced: number | null };
}

export interface Report {
  period: { start: string; end: string; as_of: string; time_zone: string; interval: string };
  rows: ReportRow[];
  totals: Total[];
}

/** `tier` counts from 1, null where one agent is asked; older pushes have neither. */
export type Ring = NonNullable<Row["offer"]> & { tier?: number | null; round?: number };

export interface Held { conversation_id: string; units: number; since: string; offered: boolean; counts_until: string | null }

export interface Reasoned { agent_id: string | null; reason: string }

export interface Routing {
  conversation_id: string;
  queue: string | null;
  waiting_since: string | null;
  queues: { at: string; queue: string; reason: string; rule: string | null }[];
  offers: {
    at: string; agent_id: string | null; reason: string; others: Reasoned[]; offer_id: string | null;
    expires_at: string | null; transferred_by: string | null; outcome: string | null; ended_at: string | null;
  }[];
  passed_by: string[];
  next: {
    agent: Reasoned | null; others: Reasoned[]; queues: string[]; relaxes_at: string | null; opens_at: string | null;
  } | null;
}
