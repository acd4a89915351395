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
      requestsPerMinute: 400,
      tokensPerMinute: 3_000,
      tokensPerDay: 2_600,
      nanoUsdPerDay: 250_000,
      nanoUsdPerMonth: 230_000,
      concurrentRequests: 60,
    },
    key: { requestsPerMinute: 60, tokensPerDay: 450, nanoUsdPerMonth: 50_000 },
  },
  amounts: { requests: 1, tokens: 10, nanoUsd: 1_000 },
  timeMs,
  expiresAtMs: timeMs + 60_000,
};
