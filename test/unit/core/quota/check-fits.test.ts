import { describe, expect, it } from 'vitest';
import { checkFits } from '#core/quota/check-fits.ts';
import type { Amounts, Limits } from '#core/quota/limits.ts';

const AMOUNTS: Amounts = { requests: 1, tokens: 100, nanoUsd: 80_000_000 };
const PAST_EVERYTHING = 'shorten the prompt or lower max_completion_tokens';

const asked = (tenant: Limits, key?: Limits, amounts: Partial<Amounts> = {}) =>
  checkFits({ tenant, ...(key === undefined ? {} : { key }) }, { ...AMOUNTS, ...amounts });

describe('checkFits', () => {
  it('lets pass what a window could grant, if only once', () => {
    const just = {
      tokensPerMinute: 100,
      tokensPerDay: 100,
      nanoUsdPerDay: 80_000_000,
      nanoUsdPerMonth: 80_000_000,
    };

    expect(asked(just, just)).toBeUndefined();
    expect(asked({}, {})).toBeUndefined();
  });

  it.each<[Limits, string]>([
    [{ tokensPerMinute: 99 }, 'take up to 100 tokens, more than the 99 tokens a minute of the'],
    [
      { tokensPerMinute: 90, tokensPerDay: 50 },
      'take up to 100 tokens, more than the 50 tokens a day of the',
    ],
    [
      { nanoUsdPerDay: 50_000_000 },
      'cost up to USD 0.080000, more than the USD 0.050000 a day of the',
    ],
    [
      { nanoUsdPerDay: 70_000_000, nanoUsdPerMonth: 60_000_000 },
      'cost up to USD 0.080000, more than the USD 0.060000 a month of the',
    ],
  ])('refuses what the whole of a window could not hold: %j', (limits, words) => {
    const ofTenant = asked(limits);
    const ofKey = asked({}, limits);

    expect(ofTenant).toMatchObject({
      code: 'reservation_too_large',
      param: 'max_completion_tokens',
    });
    expect(ofTenant?.message).toBe(`the request may ${words} tenant; ${PAST_EVERYTHING}`);
    expect(ofKey?.message).toBe(`the request may ${words} key; ${PAST_EVERYTHING}`);
  });

  it('leaves it to the store to refuse a closed budget, and lets free requests by', () => {
    expect(asked({ nanoUsdPerMonth: 0 })).toBeUndefined();
    expect(asked({ nanoUsdPerMonth: 0 }, undefined, { nanoUsd: 0 })).toBeUndefined();
    expect(asked({ nanoUsdPerMonth: 1 }, undefined, { nanoUsd: 0 })).toBeUndefined();
  });
});
