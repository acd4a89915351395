import type { AuditLog, AuditReader } from '#core/audit/audit-log.ts';
import { type Orphan, reconcile } from '#core/audit/reconcile.ts';
import type { SpilledCompletions } from '#core/audit/spilled-completions.ts';
import type { OrphanedReservations, QuotaStore } from '#core/quota/quota-store.ts';
import type { Clock } from '#core/time/clock.ts';
import { count, type Log, type Metrics } from '#runtime/observability.ts';
import type { ScheduledDoor, ScheduledRun } from '#runtime/scheduled.ts';
import { reconcilerMetrics as names } from './contract.ts';

export interface ReconcilerParts {
  readonly orphans: OrphanedReservations;
  readonly quotas: Pick<QuotaStore, 'settle'>;
  readonly audit: Pick<AuditLog, 'writeCompletion'> & AuditReader;
  /** Completions that the log would not take at first. @default none */
  readonly spilled?: SpilledCompletions;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Orphans looked after at once. */
const AT_ONCE = 10;

interface Tally {
  returned: number;
  orphans: number;
  abandoned: number;
  failures: number;
}

/**
 * Settles what dead requests have left reserved and closes their records. Every step is idempotent,
 * so that runs may overlap; an orphan that cannot be settled keeps no other from it, and fails the
 * run at its end.
 */
export function createReconciler(parts: ReconcilerParts): ScheduledDoor {
  return async (run) => {
    const tally: Tally = { returned: 0, orphans: 0, abandoned: 0, failures: 0 };
    try {
      // First: an orphan whose completion was spilled is settled at what that says.
      await returnSpilled(run, tally, parts);
      await settleAll(run, tally, parts);
    } finally {
      parts.metrics.emit(
        [
          count(names.returned, tally.returned),
          count(names.orphans, tally.orphans),
          count(names.abandoned, tally.abandoned),
          count(names.failures, tally.failures),
        ],
        {},
      );
      parts.log.info('reconciler finished', { ...tally });
    }
    if (tally.failures > 0) {
      throw new Error(`${tally.failures} records or reservations could not be closed; see the log`);
    }
  };
}

/** Never rejects: what goes wrong is logged and counted, and the message comes again. */
async function returnSpilled(
  run: ScheduledRun,
  tally: Tally,
  parts: ReconcilerParts,
): Promise<void> {
  const { spilled, audit, clock, log } = parts;
  if (spilled === undefined) return;
  try {
    for await (const { spilled: message, done } of spilled.waiting()) {
      await audit.writeCompletion(message.completion);
      await done();
      tally.returned += 1;
      if (clock.nowMs() >= run.deadlineMs) return;
    }
  } catch (error) {
    tally.failures += 1;
    log.error('spilled completions not returned', { error });
  }
}

async function settleAll(run: ScheduledRun, tally: Tally, parts: ReconcilerParts): Promise<void> {
  let batch: Promise<void>[] = [];
  try {
    for await (const orphan of parts.orphans.expired(parts.clock.nowMs())) {
      if (parts.clock.nowMs() >= run.deadlineMs) {
        parts.log.warn('reconciler ran out of time; the next run goes on');
        break;
      }
      batch.push(settleOne(orphan, tally, parts));
      if (batch.length < AT_ONCE) continue;
      await Promise.all(batch);
      batch = [];
    }
  } finally {
    // A table that breaks off in the middle has given some orphans already.
    await Promise.all(batch);
  }
}

/** Never rejects: what goes wrong is logged and counted. */
async function settleOne(orphan: Orphan, tally: Tally, parts: ReconcilerParts): Promise<void> {
  try {
    const { settled, abandoned } = await settle(orphan, parts);
    // Another run was here first; it has counted this one.
    if (!settled) return;
    tally.orphans += 1;
    if (abandoned) tally.abandoned += 1;
  } catch (error) {
    tally.failures += 1;
    const { id, tenantId } = orphan;
    parts.log.error('orphaned reservation not settled', { id, tenant: tenantId, error });
  }
}

async function settle(
  orphan: Orphan,
  { quotas, audit, clock }: ReconcilerParts,
): Promise<{ readonly settled: boolean; readonly abandoned: boolean }> {
  let record = await audit.find(orphan.tenantId, orphan.id);
  let reconciliation = reconcile(orphan, record, clock.nowMs());
  if (reconciliation.kind === 'abandoned') {
    await audit.writeCompletion(reconciliation.completion);
    // Another may have closed the record in between: what stands in the log is what is settled.
    record = await audit.find(orphan.tenantId, orphan.id);
    reconciliation = reconcile(orphan, record, clock.nowMs());
  }
  return {
    settled: await quotas.settle(orphan, reconciliation.used),
    abandoned: record?.completion?.outcome === 'abandoned',
  };
}
