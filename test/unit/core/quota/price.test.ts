import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Usage, usageOf } from '#core/chat/usage.ts';
import { nanoUsd } from '#core/quota/limits.ts';
import { costOf, dearestCost, type Price } from '#core/quota/price.ts';

/** USD 1 in and 2 out per million tokens. */
const SIMULATED: Price = { inputNanoUsd: 1_000, outputNanoUsd: 2_000 };
/** USD 3 in, 15 out, 0.30 from the cache, 3.75 into it, per million tokens. */
const CACHING: Price = {
  inputNanoUsd: 3_000,
  outputNanoUsd: 15_000,
  cachedInputNanoUsd: 300,
  cacheWriteNanoUsd: 3_750,
};

function aUsage(prompt: number, completion: number, cached = 0, written = 0): Usage {
  const usage = usageOf({ prompt, completion });
  return {
    ...usage,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
  };
}

describe('costOf', () => {
  it.each([
    ['a million tokens in', aUsage(1_000_000, 0), SIMULATED, nanoUsd(1)],
    ['a million tokens out', aUsage(0, 1_000_000), SIMULATED, nanoUsd(2)],
    ['7 in and 5 out', aUsage(7, 5), SIMULATED, 17_000],
    ['nothing', aUsage(0, 0), SIMULATED, 0],
    ['a cached prompt', aUsage(10_000, 100, 8_000), CACHING, 6_000_000 + 2_400_000 + 1_500_000],
    ['a prompt that fills the cache', aUsage(10_000, 0, 0, 9_000), CACHING, 3_000_000 + 33_750_000],
    ['both', aUsage(1_000, 10, 400, 500), CACHING, 300_000 + 120_000 + 1_875_000 + 150_000],
    ['a cache without its own price', aUsage(10, 0, 5, 5), SIMULATED, 10_000],
  ])('bills %s', (_what, usage, price, expected) => {
    expect(costOf(usage, price)).toBe(expected);
  });

  it('rounds what is less than a nano-dollar up, never down to nothing', () => {
    const cheap: Price = { inputNanoUsd: 0.001, outputNanoUsd: 0 };

    expect(costOf(aUsage(1, 0), cheap)).toBe(1);
    expect(costOf(aUsage(1_001, 0), cheap)).toBe(2);
  });

  it('never comes to less than nothing when the details add up to more than the prompt', () => {
    expect(costOf(aUsage(10, 0, 20, 20), CACHING)).toBe(20 * 300 + 20 * 3_750);
  });

  it('never comes to more than was set aside for as many tokens', () => {
    const count = fc.nat({ max: 1_000_000 });
    const price = fc
      .record({ input: fc.nat({ max: 100_000 }), output: fc.nat({ max: 500_000 }), write: count })
      .map(({ input, output, write }) => ({
        inputNanoUsd: input,
        outputNanoUsd: output,
        cachedInputNanoUsd: Math.floor(input / 10),
        cacheWriteNanoUsd: write,
      }));
    fc.assert(
      fc.property(
        price,
        count,
        count,
        fc.nat({ max: 100 }),
        (billed, prompt, completion, share) => {
          const cached = Math.floor((prompt * share) / 100);
          const written = Math.floor((prompt - cached) / 2);

          const cost = costOf(aUsage(prompt, completion, cached, written), billed);

          expect(Number.isSafeInteger(cost)).toBe(true);
          expect(cost).toBeLessThanOrEqual(dearestCost(prompt, completion, billed));
        },
      ),
    );
  });
});

describe('dearestCost', () => {
  it('reckons with the cache being written, which costs more than the input', () => {
    expect(dearestCost(1_000, 10, CACHING)).toBe(3_750_000 + 150_000);
    expect(dearestCost(1_000, 10, SIMULATED)).toBe(1_020_000);
  });
});

describe('nanoUsd', () => {
  it('is whole, however the dollars were written', () => {
    expect(nanoUsd(0.05)).toBe(50_000_000);
    expect(nanoUsd(0.1 + 0.2)).toBe(300_000_000);
  });
});
