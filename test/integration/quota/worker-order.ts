import type { Amounts, ScopedLimits } from '#core/quota/limits.ts';

/** How far a request has come. */
export type Step = 'reserving' | 'reserved' | 'recorded' | 'settling' | 'settled';

/** What one process is to do. */
export interface WorkerOrder {
  readonly endpoint: string;
  readonly requests: number;
  readonly atOnce: number;
  /** Kills the whole process when its requests have reached a step this often. */
  readonly dies?: { readonly at: Step; readonly after: number };
}

/** What a worker has recorded of one request before it settled it. */
export interface Recorded {
  readonly id: string;
  readonly keyId: string;
  readonly used: Amounts;
}

const timeMs = Date.UTC(2026, 10, 24, 12);

/** One tenant whose keys are more than share its item, and whose every limit is met on the way. */
export const CROWD: {
  readonly tenantId: string;
  readonly keys: readonly string[];
  readonly limits: Required<ScopedLimits>;
  readonly amounts: Amounts;
  readonly timeMs: number;
  readonly expiresAtMs: number;
} = {
  tenantId: 'acme',
  keys: ['a', 'b', 'c', 'd', 'e', 'f'],
  limits: {
    tenant: {
      requestsPerMinute: 250,
      tokensPerMinute: 1_800,
      tokensPerDay: 1_700,
      nanoUsdPerDay: 150_000,
      nanoUsdPerMonth: 140_000,
      concurrentRequests: 50,
    },
    key: { requestsPerMinute: 45, tokensPerDay: 300, nanoUsdPerMonth: 30_000 },
  },
  amounts: { requests: 1, tokens: 10, nanoUsd: 1_000 },
  timeMs,
  expiresAtMs: timeMs + 60_000,
};
