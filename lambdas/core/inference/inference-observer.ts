import type { AuditCompletion } from '../audit/audit-record.ts';
import type { Amounts } from '../quota/limits.ts';

/** One inference, told when it is over. */
export interface InferenceSummary {
  readonly completion: AuditCompletion;
  /** What had been set aside, for a request that was admitted. */
  readonly reserved?: Amounts;
  /** Was it answered by a target other than the first choice? @default false */
  readonly fellBack?: boolean;
  /** Was the record written? A refusal over the limit is counted instead. */
  readonly recorded: boolean;
}

/** Port. Hears what happened; never throws and never waits. */
export interface InferenceObserver {
  finished(summary: InferenceSummary): void;
  /** The circuit of a target went from closed to open. */
  circuitOpened(target: string): void;
  /** The platform could not do its part, and went on as its failure policy says. */
  degraded(what: Degradation, cause: unknown): void;
}

export type Degradation =
  | 'quota-reserve-failed'
  | 'quota-settle-failed'
  | 'audit-intent-failed'
  | 'audit-completion-spilled'
  | 'guardrail-failed';
