import type { Amounts, Limits, ScopedLimits } from '#core/quota/limits.ts';
import { type WindowScope, windowMask, windowsOf } from '#core/quota/windows.ts';

/** Tight enough that a few dozen requests meet each of them. */
export const LIMITS: Required<ScopedLimits> = {
  tenant: {
    requestsPerMinute: 8,
    tokensPerMinute: 120,
    tokensPerDay: 400,
    nanoUsdPerDay: 330_000,
    nanoUsdPerMonth: 380_000,
    concurrentRequests: 4,
  },
  key: { requestsPerMinute: 4, tokensPerDay: 110 },
};

/** One request, as the model sees it; what it will have used is known from the beginning. */
export interface Claim {
  readonly id: string;
  readonly keyId: string;
  readonly timeMs: number;
  readonly reserved: Amounts;
  readonly used: Amounts;
}

interface Stake {
  readonly name: string;
  readonly measure: keyof Amounts;
  readonly allowed: number;
}

/** Every window of one tenant, in the plainest way: no items, no retries, one thing at a time. */
export class WindowModel {
  readonly windows = new Map<string, number>();
  readonly open = new Map<string, Claim>();

  fits(claim: Claim): boolean {
    return (
      this.open.size < (LIMITS.tenant.concurrentRequests ?? 0) &&
      stakesOf(claim).every(
        ({ name, measure, allowed }) =>
          (this.windows.get(name) ?? 0) + claim.reserved[measure] <= allowed ||
          (measure === 'nanoUsd' && claim.reserved.nanoUsd === 0),
      )
    );
  }

  grant(claim: Claim): void {
    this.open.set(claim.id, claim);
    for (const { name, measure } of stakesOf(claim)) this.#add(name, claim.reserved[measure]);
  }

  settle(claim: Claim): void {
    this.open.delete(claim.id);
    for (const { name, measure } of stakesOf(claim)) {
      this.#add(name, claim.used[measure] - claim.reserved[measure]);
    }
  }

  #add(name: string, amount: number): void {
    this.windows.set(name, (this.windows.get(name) ?? 0) + amount);
  }
}

/** A key's windows bear the same names here, whichever item they are in. */
export const modelName = (name: string): string => name.replace(/^x:/, 'k:');

const stakesOf = ({ keyId, timeMs }: Claim): readonly Stake[] => [
  ...stakesIn('t', LIMITS.tenant, timeMs),
  ...stakesIn(`k:${keyId}`, LIMITS.key, timeMs),
];

const stakesIn = (scope: WindowScope, limits: Limits, timeMs: number): readonly Stake[] =>
  windowsOf(scope, windowMask(scope, limits), timeMs).map(({ name, measure, limit }) => ({
    name,
    measure,
    allowed: (limit === undefined ? undefined : limits[limit]) ?? Number.POSITIVE_INFINITY,
  }));

/** The most each window of a claim may hold, by name. */
export const allowedBy = (claim: Claim): ReadonlyMap<string, number> =>
  new Map(stakesOf(claim).map(({ name, allowed }) => [name, allowed]));
