import { defineEnv, text } from '#runtime/env.ts';

export const guardrailEnv = defineEnv({
  /** The platform file in the bundle: guardrail policies. */
  PLATFORM_FILE: text,
  AUDIT_TABLE_NAME: text,
  SPILL_QUEUE_URL: text,
});

export const guardrailMetrics = {
  moderations: 'Moderations',
  flagged: 'ModerationsFlagged',
} as const;
