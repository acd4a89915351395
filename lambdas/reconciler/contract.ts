import type { SpilledCompletion } from '#core/audit/spilled-completion.ts';
import { defineEnv, text } from '#runtime/env.ts';

export const reconcilerEnv = defineEnv({
  QUOTA_TABLE_NAME: text,
  AUDIT_TABLE_NAME: text,
  SPILL_QUEUE_URL: text,
});

/** Emitted once a run, without dimensions. */
export const reconcilerMetrics = {
  /** Spilled completions brought back into the log. */
  returned: 'ReturnedCompletions',
  /** Reservations whose request died before settling. */
  orphans: 'OrphanedReservations',
  /** Intents closed as `abandoned`. */
  abandoned: 'AbandonedInferences',
  /** Orphans that could not be settled; the next run tries again. */
  failures: 'ReconciliationFailures',
} as const;

/** Body of a message in the spill queue, as JSON. */
export type SpillMessage = SpilledCompletion;
