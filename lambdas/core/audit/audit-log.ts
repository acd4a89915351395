import type { AuditCompletion, AuditIntent, AuditRecord } from './audit-record.ts';

/** Port. Append-only: an item once written is never changed, and writing it again is a no-op. */
export interface AuditLog {
  /** Rejects when it could not be written; no model may be called then. */
  writeIntent(intent: AuditIntent): Promise<void>;
  /** Rejects when it could not be written; the caller then spills it. */
  writeCompletion(completion: AuditCompletion): Promise<void>;
}

/** Port. */
export interface AuditReader {
  /** Both halves as far as they exist; undefined when neither does, or they are another tenant's. */
  find(tenantId: string, id: string): Promise<AuditRecord | undefined>;
}

/** Port. Where a completion goes that the log would not take: a queue, else a line in the log stream. */
export interface AuditSpill {
  /** Never rejects. */
  spill(completion: AuditCompletion, cause: unknown): Promise<void>;
}
