import { describe, expect, it } from 'vitest';
import type { Limits } from '#core/quota/limits.ts';
import type { QuotaRefusal } from '#core/quota/quota-store.ts';
import { refusalOf } from '#core/quota/refusal-of.ts';

const NOW_MS = Date.UTC(2026, 10, 24, 12, 0, 18);

const aRefusal = (limit: keyof Limits, changes: Partial<QuotaRefusal> = {}): QuotaRefusal => ({
  scope: 'tenant',
  limit,
  allowed: 2_000,
  used: 1_950,
  asked: 120,
  resetsAtMs: Date.UTC(2026, 10, 24, 12, 1),
  ...changes,
});

describe('refusalOf', () => {
  it.each<[keyof Limits, string]>([
    ['tokensPerMinute', 'tokens a minute'],
    ['requestsPerMinute', 'requests a minute'],
  ])('tells the client of %s to come back when the minute is over', (limit, words) => {
    const failure = refusalOf(aRefusal(limit), NOW_MS);

    expect(failure).toMatchObject({ code: 'rate_limit_exceeded', retryAfterMs: 42_000 });
    expect(failure.message).toBe(
      `the tenant's limit of 2000 ${words} would be exceeded: 1950 used or reserved, 120 asked for; it resets at 2026-11-24T12:01:00Z`,
    );
  });

  it.each<[keyof Limits, string]>([
    ['nanoUsdPerDay', 'USD a day'],
    ['nanoUsdPerMonth', 'USD a month'],
  ])('says %s in dollars, and gives no header to sleep through', (limit, words) => {
    const money = {
      scope: 'key',
      allowed: 50_000_000,
      used: 49_000_000,
      asked: 2_500_000,
    } as const;

    const failure = refusalOf(
      aRefusal(limit, { ...money, resetsAtMs: Date.UTC(2026, 10, 25) }),
      NOW_MS,
    );

    expect(failure).toMatchObject({ code: 'insufficient_quota', retryAfterMs: undefined });
    expect(failure.message).toBe(
      `the key's limit of 0.050000 ${words} would be exceeded: 0.049000 used or reserved, 0.002500 asked for; it resets at 2026-11-25T00:00:00Z`,
    );
  });

  it('takes a day of tokens for a quota, not for a rate', () => {
    expect(refusalOf(aRefusal('tokensPerDay'), NOW_MS)).toMatchObject({
      code: 'insufficient_quota',
      retryAfterMs: undefined,
    });
  });

  it('tells those who ask for too much at once to wait for one of them', () => {
    const { resetsAtMs: _never, ...refusal } = aRefusal('concurrentRequests', {
      allowed: 3,
      used: 3,
      asked: 1,
    });

    const failure = refusalOf(refusal, NOW_MS);

    expect(failure).toMatchObject({ code: 'concurrency_exceeded', retryAfterMs: 1_000 });
    expect(failure.message).toBe(
      "the tenant's limit of 3 requests at once would be exceeded: 3 used or reserved, 1 asked for; wait for a request to end",
    );
  });

  it('asks nobody to wait a negative time when the window is over already', () => {
    expect(refusalOf(aRefusal('tokensPerMinute'), NOW_MS + 300_000).retryAfterMs).toBe(0);
  });
});
