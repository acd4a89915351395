import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatUsd, parseUsd } from '#core/governance/usd.ts';

describe('dollars and nano-dollars', () => {
  it.each([
    [0.05, 50_000_000],
    ['0.05', 50_000_000],
    [0, 0],
    [1e-9, 1],
    ['12', 12_000_000_000],
    [9_000_000, 9_000_000_000_000_000],
  ])('reads %j as %d nano-dollars', (amount, nanoUsd) => {
    expect(parseUsd(amount)).toBe(nanoUsd);
  });

  it.each([
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e-10,
    9_000_001,
    '9000000.000000001',
    '',
    '1,5',
    '1e3',
    '.5',
    '-1',
  ])('refuses %j', (amount) => {
    expect(parseUsd(amount)).toBeUndefined();
  });

  it('gives every amount back as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_000_000_000_000_000 }), (nanoUsd) => {
        expect(parseUsd(formatUsd(nanoUsd))).toBe(nanoUsd);
      }),
    );
  });

  it('writes no exponent and no trailing zero', () => {
    expect([1, 50_000_000, 12_000_000_000, 0, -1_500_000_000].map(formatUsd)).toEqual([
      '0.000000001',
      '0.05',
      '12',
      '0',
      '-1.5',
    ]);
  });
});
