import { Failure } from '../failures/failure.ts';
import { isoTime } from '../time/iso-time.ts';
import { type Limits, NANO_USD_PER_USD } from './limits.ts';
import type { QuotaRefusal } from './quota-store.ts';

const MONEY: ReadonlySet<keyof Limits> = new Set(['nanoUsdPerDay', 'nanoUsdPerMonth']);

const LIMIT_WORDS = {
  requestsPerMinute: 'requests a minute',
  tokensPerMinute: 'tokens a minute',
  tokensPerDay: 'tokens a day',
  nanoUsdPerDay: 'USD a day',
  nanoUsdPerMonth: 'USD a month',
  concurrentRequests: 'requests at once',
} as const satisfies Record<keyof Limits, string>;

/** A refusal by the quota store as the failure that tells the caller which limit, and until when. */
export function refusalOf(refusal: QuotaRefusal, nowMs: number): Failure {
  const money = MONEY.has(refusal.limit);
  const amount = (value: number): string =>
    money ? (value / NANO_USD_PER_USD).toFixed(6) : String(value);
  const message =
    `the ${refusal.scope}'s limit of ${amount(refusal.allowed)} ${LIMIT_WORDS[refusal.limit]} would be exceeded: ` +
    `${amount(refusal.used)} used or reserved, ${amount(refusal.asked)} asked for`;
  if (refusal.limit === 'concurrentRequests') {
    return new Failure('concurrency_exceeded', `${message}; wait for a request to end`, {
      retryAfterMs: 1_000,
    });
  }
  const waitMs = Math.max(0, (refusal.resetsAtMs ?? nowMs) - nowMs);
  const until =
    refusal.resetsAtMs === undefined ? '' : `; it resets at ${isoTime(refusal.resetsAtMs)}`;
  const perMinute = refusal.limit === 'requestsPerMinute' || refusal.limit === 'tokensPerMinute';
  return new Failure(
    perMinute ? 'rate_limit_exceeded' : 'insufficient_quota',
    `${message}${until}`,
    {
      // Hours are told in words: a client would sleep through whatever this header says.
      ...(perMinute ? { retryAfterMs: waitMs } : {}),
    },
  );
}
