import { defineEnv, text } from '#runtime/env.ts';

export const reconcilerEnv = defineEnv({
  QUOTA_TABLE_NAME: text,
  AUDIT_TABLE_NAME: text,
  SPILL_QUEUE_URL: text,
});

export const reconcilerMetrics = {
  /** Reservations whose request died before settling. */
  orphans: 'OrphanedReservations',
  /** Intents closed as `abandoned`. */
  abandoned: 'AbandonedInferences',
} as const;
