import type { AuditLog } from '#core/audit/audit-log.ts';
import type { QuotaStore, ReserveOutcome, ReserveRequest } from '#core/quota/quota-store.ts';

/** Grants everything and keeps nothing: a run of any length weighs the same. */
export class AgreeingQuotaStore implements QuotaStore {
  async reserve({ limits: _limits, ...request }: ReserveRequest): Promise<ReserveOutcome> {
    return { granted: true, reservation: { ...request, windows: [] }, standing: {} };
  }

  async settle(): Promise<boolean> {
    return true;
  }
}

/** Takes every record and forgets it. */
export class ForgetfulAuditLog implements AuditLog {
  async writeIntent(): Promise<void> {}

  async writeCompletion(): Promise<void> {}
}
