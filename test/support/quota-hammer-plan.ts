import type { Amounts, Limits } from '#core/quota/limits.ts';

/** Where in a request the process is killed. */
export type CrashStep = 'reserved' | 'intended' | 'completed' | 'settling';

/** What one hammering process does, as the JSON of its only argument. */
export interface HammerPlan {
  readonly endpoint: string;
  readonly seed: number;
  /** Requests to make, several at once. */
  readonly requests: number;
  /** Dies at this step of some request, with the others wherever they are. */
  readonly crashAt?: CrashStep;
}

/** What a hammering process tells the test, which answers each with anything before it goes on. */
export type HammerMessage = { readonly id: string; readonly tenantId: string } & (
  | { readonly kind: 'intent'; readonly reserved: Amounts; readonly keyId: string }
  | { readonly kind: 'completion'; readonly used: Amounts }
  | { readonly kind: 'refusal'; readonly limit: keyof Limits }
);

/** A Tuesday noon: the windows of all processes are the same, whatever their clocks say. */
export const HAMMER_MS = Date.UTC(2026, 10, 24, 12);

/** About 35 tokens a request: room for some forty in every window. */
const ROOMY: Limits = {
  requestsPerMinute: 40,
  tokensPerMinute: 1_400,
  tokensPerDay: 2_800,
  nanoUsdPerDay: 2_800_000,
  nanoUsdPerMonth: 2_900_000,
  concurrentRequests: 30,
};

/** Each limit is what stops one of the tenants. */
export const TIGHT: Readonly<Record<string, Limits>> = {
  'few-requests': { requestsPerMinute: 9 },
  'few-tokens': { tokensPerMinute: 300 },
  'few-tokens-a-day': { tokensPerDay: 400 },
  'little-money-a-day': { nanoUsdPerDay: 400_000 },
  'little-money-a-month': { nanoUsdPerMonth: 400_000 },
  'few-at-once': { concurrentRequests: 2 },
};

export const tenantLimits = (tenantId: string): Limits => ({ ...ROOMY, ...TIGHT[tenantId] });

/** More than have a place in the tenant's item. */
export const KEYS: readonly string[] = ['a', 'b', 'c', 'd', 'e', 'f'];

export const KEY_LIMITS: Limits = {
  requestsPerMinute: 8,
  tokensPerMinute: 280,
  nanoUsdPerDay: 350_000,
};
