/** What `GET /search` answers. */
import type { Row } from "../api/shapes.d.ts";

export interface Hit { row: Row; day: string | null; snippet: string }
export interface HitPage { hits: Hit[]; bounded: boolean; cursor: string | null }
