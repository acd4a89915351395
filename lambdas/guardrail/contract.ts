import { defineEnv, optional, text } from '#runtime/env.ts';

export const guardrailEnv = defineEnv({
  /** The platform file in the bundle: guardrail policies. */
  PLATFORM_FILE: text,
  AUDIT_TABLE_NAME: text,
  SPILL_QUEUE_URL: text,
  /** Origins browsers may call from, comma-separated; empty for none. */
  ALLOWED_ORIGINS: optional(text),
});

export const guardrailMetrics = {
  moderations: 'Moderations',
  flagged: 'ModerationsFlagged',
} as const;
