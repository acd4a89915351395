import type { AuditLog, AuditReader, AuditSpill } from '#core/audit/audit-log.ts';
import type { AuditCompletion, AuditIntent, AuditRecord } from '#core/audit/audit-record.ts';

/** An audit log in memory that can be told to refuse. */
export class MemoryAuditLog implements AuditLog, AuditReader, AuditSpill {
  readonly intents: AuditIntent[] = [];
  readonly completions: AuditCompletion[] = [];
  readonly spilled: AuditCompletion[] = [];
  refuseIntents = false;
  refuseCompletions = false;

  async writeIntent(intent: AuditIntent): Promise<void> {
    if (this.refuseIntents) throw new Error('the audit table is down');
    this.intents.push(intent);
  }

  async writeCompletion(completion: AuditCompletion): Promise<void> {
    if (this.refuseCompletions) throw new Error('the audit table is down');
    this.completions.push(completion);
  }

  async spill(completion: AuditCompletion): Promise<void> {
    this.spilled.push(completion);
  }

  async find(tenantId: string, id: string): Promise<AuditRecord | undefined> {
    const mine = (item: { tenantId: string; id: string }) =>
      item.tenantId === tenantId && item.id === id;
    const intent = this.intents.find(mine);
    const completion = this.completions.find(mine);
    if (intent === undefined && completion === undefined) return undefined;
    return {
      ...(intent === undefined ? {} : { intent }),
      ...(completion === undefined ? {} : { completion }),
    };
  }
}
