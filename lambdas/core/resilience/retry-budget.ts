/** A retry for every ten requests, and a few in hand so that a quiet process may retry at all. */
const DEPOSIT = 0.1;
const FULL = 10;

/**
 * Caps retries at a share of requests, so that a failing provider is not hit harder for failing.
 *
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export class RetryBudget {
  #tokens = FULL;

  /** Call once for every inference. */
  deposit(): void {
    this.#tokens = Math.min(FULL, this.#tokens + DEPOSIT);
  }

  /** Takes leave for one retry; false when the budget is spent. */
  withdraw(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

const BASE_MS = 100;
const CAP_MS = 2_000;

/** Full jitter: uniform in [0, min(2 s, 100 ms · 2^retry)); `retry` counts from 0. */
export const backoffMs = (retry: number, random: () => number): number =>
  random() * Math.min(CAP_MS, BASE_MS * 2 ** retry);
