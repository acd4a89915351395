/**
 * What one tenant or key may use. An absent limit is no limit; 0 is a limit that grants nothing.
 * Windows are calendar ones in UTC.
 */
export interface Limits {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly tokensPerDay?: number;
  /** Money, in integer nano-dollars (10⁻⁹ USD). */
  readonly nanoUsdPerDay?: number;
  readonly nanoUsdPerMonth?: number;
  /** Requests that may be in flight at once; a tenant's limit only. */
  readonly concurrentRequests?: number;
}

/** The limits that apply to one request: its tenant's and, if it has any, its key's. */
export interface ScopedLimits {
  readonly tenant: Limits;
  readonly key?: Limits;
}

/** What one request takes, or is expected to take at most. */
export interface Amounts {
  readonly requests: number;
  readonly tokens: number;
  readonly nanoUsd: number;
}

export const NANO_USD_PER_USD = 1_000_000_000;

export const nanoUsd = (usd: number): number => Math.round(usd * NANO_USD_PER_USD);
