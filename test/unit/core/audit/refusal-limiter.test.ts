import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RefusalLimiter } from '#core/audit/refusal-limiter.ts';

/** The start of a calendar minute. */
const NOW_MS = 1_764_000_000_000;

const keyOf = (keyId: string, tenantId = 'acme') => ({ tenantId, keyId });

const refuseTimes = (limiter: RefusalLimiter, times: number, nowMs = NOW_MS) =>
  Array.from({ length: times }, () => limiter.refuse(keyOf('key-1'), nowMs));

describe('RefusalLimiter', () => {
  it('records the first ten refusals of a minute and counts the rest', () => {
    const limiter = new RefusalLimiter();

    const refusals = refuseTimes(limiter, 13);

    expect(refusals.filter(({ record }) => record)).toHaveLength(10);
    expect(refusals.at(-1)).toEqual({ record: false, unrecorded: 0 });
  });

  it('says with the next recorded refusal how many were only counted', () => {
    const limiter = new RefusalLimiter();
    refuseTimes(limiter, 13);

    const [first, second] = refuseTimes(limiter, 2, NOW_MS + 60_000);

    expect(first).toEqual({ record: true, unrecorded: 3 });
    expect(second).toEqual({ record: true, unrecorded: 0 });
  });

  it('counts each tenant by itself, though one client speaks for both', () => {
    const limiter = new RefusalLimiter();
    refuseTimes(limiter, 13);

    expect(limiter.isCounting(keyOf('key-1', 'globex'), NOW_MS)).toBe(false);
    expect(limiter.refuse(keyOf('key-1', 'globex'), NOW_MS + 60_000)).toEqual({
      record: true,
      unrecorded: 0,
    });
  });

  it('counts each key by itself', () => {
    const limiter = new RefusalLimiter();
    refuseTimes(limiter, 13);

    expect(limiter.refuse(keyOf('key-2'), NOW_MS)).toEqual({ record: true, unrecorded: 0 });
  });

  it('says beforehand when it would only count, and changes nothing by that', () => {
    const limiter = new RefusalLimiter({ perMinute: 1 });

    const before = limiter.isCounting(keyOf('key-1'), NOW_MS);
    limiter.refuse(keyOf('key-1'), NOW_MS);

    expect(before).toBe(false);
    expect(limiter.isCounting(keyOf('key-1'), NOW_MS)).toBe(true);
    expect(limiter.isCounting(keyOf('key-1'), NOW_MS + 60_000)).toBe(false);
  });

  it('forgets the key refused longest ago when there are too many', () => {
    const limiter = new RefusalLimiter({ perMinute: 1, keys: 2 });
    limiter.refuse(keyOf('key-1'), NOW_MS);
    limiter.refuse(keyOf('key-2'), NOW_MS);
    limiter.refuse(keyOf('key-1'), NOW_MS);

    limiter.refuse(keyOf('key-3'), NOW_MS);

    expect(limiter.isCounting(keyOf('key-2'), NOW_MS)).toBe(false);
    expect(limiter.isCounting(keyOf('key-1'), NOW_MS)).toBe(true);
  });

  it('accounts for every refusal, however they fall in time', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30_000), { maxLength: 200 }), (pauses) => {
        const limiter = new RefusalLimiter({ perMinute: 3 });
        let nowMs = NOW_MS;
        let accounted = 0;
        for (const pause of pauses) {
          nowMs += pause;
          const { record, unrecorded } = limiter.refuse(keyOf('key-1'), nowMs);
          accounted += record ? 1 + unrecorded : 0;
        }

        const last = limiter.refuse(keyOf('key-1'), nowMs + 60_000);

        expect(accounted + last.unrecorded).toBe(pauses.length);
      }),
    );
  });
});
