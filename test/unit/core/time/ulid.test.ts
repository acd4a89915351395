import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatUlid, isUlid, ulidTimeMs } from '#core/time/ulid.ts';

const symbols = fc.array(fc.integer({ min: 0, max: 31 }), { minLength: 16, maxLength: 16 });
const timeMs = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe('ulid', () => {
  it('matches the example of the specification', () => {
    expect(formatUlid(1_469_918_176_385, new Array(16).fill(0)).slice(0, 10)).toBe('01ARYZ6S41');
  });

  it('gives its time back', () => {
    fc.assert(
      fc.property(timeMs, symbols, (ms, random) => {
        const id = formatUlid(ms, random);

        expect(isUlid(id)).toBe(true);
        expect(ulidTimeMs(id)).toBe(ms);
      }),
    );
  });

  it('sorts as its times do', () => {
    fc.assert(
      fc.property(timeMs, timeMs, symbols, (left, right, random) => {
        const [earlier, later] = [Math.min(left, right), Math.max(left, right)];

        expect(formatUlid(earlier, random) <= formatUlid(later, random)).toBe(true);
      }),
    );
  });

  it.each([
    '',
    '01ARZ3NDEKTSV4RRFFQ69G5FA',
    '81ARZ3NDEKTSV4RRFFQ69G5FAV',
    '01ARZ3NDEKTSV4RRFFQ69G5FAI',
  ])('refuses %j', (text) => {
    expect(isUlid(text)).toBe(false);
  });
});
