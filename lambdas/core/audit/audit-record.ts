import type { MeteredUsage } from '../chat/usage.ts';
import type { FailureCode } from '../failures/failure.ts';
import type { Assessment } from '../guardrail/finding.ts';
import type { Amounts } from '../quota/limits.ts';

/** Written before the first attempt: without it no model is called. */
export interface AuditIntent {
  /** The inference's ULID, also its `x-request-id`. */
  readonly id: string;
  readonly tenantId: string;
  readonly keyId: string;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly route: string;
  readonly stream: boolean;
  /** The most attempts that may follow. */
  readonly maxAttempts: number;
  readonly reserved: Amounts;
  readonly policyId: string;
  readonly policyHash: string;
  /** SHA-256 of the body as received, lower-case hex. */
  readonly requestHash: string;
  /** `x-stainless-retry-count`: the client's own count of tries. */
  readonly clientRetry?: number;
}

/** One call to one target within one inference. */
export interface Attempt {
  /** `provider/model`. */
  readonly target: string;
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** Until the first content, for an attempt that had any. */
  readonly firstContentMs?: number;
  readonly outcome: 'completed' | FailureCode;
}

export type AuditOutcome =
  /** The model's answer reached its end; guardrails may have changed it. */
  | 'completed'
  /** Stopped by a guardrail. */
  | 'blocked'
  /** Never sent to a model: bad input, quota, scope. */
  | 'refused'
  /** No target answered. */
  | 'failed'
  /** Broke off after content had been sent. */
  | 'partial'
  /** Nobody completed the record; the reconciler closed it. */
  | 'abandoned';

/** `bodies`: left out, their hashes stay. `findings`: only the first ones are listed. */
export type TruncatedPart = 'bodies' | 'findings';

/** What became of an inference. A refusal before the intent is a completion alone. */
export interface AuditCompletion {
  readonly id: string;
  readonly tenantId: string;
  readonly keyId: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly outcome: AuditOutcome;
  /** Absent when the outcome is `completed`. */
  readonly failure?: FailureCode;
  readonly route?: string;
  readonly attempts: readonly Attempt[];
  /** `provider/model` that answered. */
  readonly served?: string;
  readonly usage?: MeteredUsage;
  readonly nanoUsd: number;
  /** From the reservation: a gap in the sequence is a lost record. */
  readonly seq?: number;
  readonly input?: Assessment;
  readonly output?: Assessment;
  readonly requestHash?: string;
  readonly responseHash?: string;
  /** JSON texts, as far as the tenant's retention lets them be kept. */
  readonly bodies?: { readonly request?: string; readonly response?: string };
  /** Parts that were too large for the record and are not, or not all, in it. */
  readonly truncated?: readonly TruncatedPart[];
  /** Refusals of the same key that were counted instead of recorded before this one. */
  readonly unrecordedRefusals?: number;
}

export interface AuditRecord {
  readonly intent?: AuditIntent;
  readonly completion?: AuditCompletion;
}
