import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { civilDate, isoTime } from '#core/time/iso-time.ts';

describe('isoTime', () => {
  it('agrees with the host for every second until the year 9999', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), (second) => {
        const ms = second * 1000;
        expect(isoTime(ms)).toBe(`${new Date(ms).toISOString().slice(0, 19)}Z`);
      }),
    );
  });

  it('knows leap days', () => {
    expect(civilDate(Date.UTC(2028, 1, 29))).toEqual({ year: 2028, month: 2, day: 29 });
  });
});
