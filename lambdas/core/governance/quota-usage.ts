import type { Amounts } from '../quota/limits.ts';

/** Port. Reads what has been used; it takes part in no decision. */
export interface QuotaUsage {
  /**
   * What a tenant has used or reserved in the calendar month (UTC) of `nowMs`, all keys together.
   * Rejects when the store cannot answer.
   */
  month(tenantId: string, nowMs: number): Promise<Amounts>;
}
