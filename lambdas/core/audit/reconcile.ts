import { usageOf } from '../chat/usage.ts';
import type { Amounts } from '../quota/limits.ts';
import type { OpenReservation } from '../quota/quota-store.ts';
import type { AuditCompletion, AuditIntent, AuditRecord } from './audit-record.ts';

/** A reservation that outlived its request: whoever made it died before settling. */
export type Orphan = OpenReservation;

/** What settles an orphan. */
export type Reconciliation =
  /** The request ended and was recorded; only the settlement is missing. */
  | { readonly kind: 'completed'; readonly used: Amounts }
  /** A model may have been called: the record is to be closed with `completion` first. */
  | { readonly kind: 'abandoned'; readonly used: Amounts; readonly completion: AuditCompletion }
  /** No intent, so no model was called. */
  | { readonly kind: 'never-called'; readonly used: Amounts };

/**
 * Decides what an orphan is settled at. The gateway writes intent, completion, settlement in this
 * order, so what exists of its record says how far it came.
 */
export function reconcile(
  orphan: Orphan,
  record: AuditRecord | undefined,
  nowMs: number,
): Reconciliation {
  const { intent, completion } = record ?? {};
  if (completion !== undefined) return { kind: 'completed', used: usedBy(completion, orphan) };
  if (intent === undefined) {
    return { kind: 'never-called', used: { requests: 0, tokens: 0, nanoUsd: 0 } };
  }
  return {
    kind: 'abandoned',
    used: orphan.amounts,
    completion: abandoned(orphan, intent, nowMs),
  };
}

const usedBy = (completion: AuditCompletion, orphan: Orphan): Amounts => ({
  requests: orphan.amounts.requests,
  tokens: completion.usage?.usage.total_tokens ?? 0,
  nanoUsd: completion.nanoUsd,
});

/**
 * Nobody knows what the model was asked and said, so it is taken to have used all that was set
 * aside. How that divides is unknown too: it is given as prompt tokens, and flagged `estimated`.
 */
function abandoned({ amounts }: Orphan, intent: AuditIntent, nowMs: number): AuditCompletion {
  return {
    id: intent.id,
    tenantId: intent.tenantId,
    keyId: intent.keyId,
    startedAtMs: intent.startedAtMs,
    endedAtMs: nowMs,
    outcome: 'abandoned',
    failure: 'internal_error',
    route: intent.route,
    attempts: [],
    usage: { usage: usageOf({ prompt: amounts.tokens, completion: 0 }), source: 'estimated' },
    nanoUsd: amounts.nanoUsd,
    requestHash: intent.requestHash,
  };
}
