import { defineEnv, optional, text } from '#runtime/env.ts';

export const governanceEnv = defineEnv({
  CONTROL_TABLE_NAME: text,
  QUOTA_TABLE_NAME: text,
  AUDIT_TABLE_NAME: text,
  /** The platform file in the bundle: routes and guardrail policies a tenant may be given. */
  PLATFORM_FILE: text,
  /** Origins browsers may call from, comma-separated; empty for none. */
  ALLOWED_ORIGINS: optional(text),
});
