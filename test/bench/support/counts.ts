import type { KindSummary } from "../../../drills/load";

/** What a load counted: nothing but good answers, unless a test says otherwise. */
export const counted = (more: Partial<KindSummary> = {}): KindSummary => ({
  requests: 100,
  ok: 100,
  failed: 0,
  repeated: 0,
  reconnected: 0,
  stale: 0,
  unfinished: 0,
  errors: {},
  ...more,
});
