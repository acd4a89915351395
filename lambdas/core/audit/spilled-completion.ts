import type { AuditCompletion } from './audit-record.ts';

/**
 * A completion the audit log would not take, as it waits in the spill queue: the message's body is
 * this as JSON. Writing it to the log is idempotent, so a message may be delivered twice.
 */
export interface SpilledCompletion {
  readonly version: 1;
  /** Milliseconds since the epoch. */
  readonly spilledAtMs: number;
  /** Without its bodies, and with `truncated` saying so, where the whole would not fit a message. */
  readonly completion: AuditCompletion;
}

/** The completion with its bodies left out; their hashes stay. */
export function withoutBodies(completion: AuditCompletion): AuditCompletion {
  const { bodies, ...rest } = completion;
  if (bodies === undefined) return completion;
  const truncated = new Set([...(completion.truncated ?? []), 'bodies' as const]);
  return { ...rest, truncated: [...truncated] };
}
