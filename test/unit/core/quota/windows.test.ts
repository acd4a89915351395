import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isExpired,
  measureOf,
  monthEndMs,
  monthOf,
  type WindowScope,
  windowMask,
  windowsOf,
} from '#core/quota/windows.ts';

const NOON_MS = Date.UTC(2026, 10, 24, 12, 0, 30);
const ALL = 0b1111111;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const namesAt = (timeMs: number, mask = ALL, scope: WindowScope = 't') =>
  windowsOf(scope, mask, timeMs).map((window) => window.name);

describe('windowsOf', () => {
  it('names what it counts by scope, window and measure', () => {
    const minute = Math.floor(NOON_MS / MINUTE_MS).toString(36);

    expect(namesAt(NOON_MS)).toEqual([
      `t:m:${minute}:r`,
      `t:m:${minute}:t`,
      't:d:24:t',
      't:d:24:c',
      't:mo:c',
      't:mo:r',
      't:mo:t',
    ]);
    expect(namesAt(NOON_MS, 0b10, 'k:9f3')).toEqual([`k:9f3:m:${minute}:t`]);
  });

  it.each([
    ['minute', Date.UTC(2026, 10, 24, 12, 1), 0b0000011],
    ['day', Date.UTC(2026, 10, 25), 0b0001111],
    ['leap day', Date.UTC(2028, 1, 29), 0b0001111],
  ])('starts a new %s on the millisecond', (_what, edgeMs, changing) => {
    const before = namesAt(edgeMs - 1);
    const after = namesAt(edgeMs);

    const changed = before.map((name, bit) => (name === after[bit] ? 0 : 1 << bit));
    expect(changed.reduce((sum, bit) => sum | bit, 0)).toBe(changing);
  });

  it('ends every window when the host’s calendar does', () => {
    const since2020 = fc.date({
      min: new Date('2020-01-01'),
      max: new Date('2099-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(since2020, (date) => {
        const timeMs = date.getTime();
        const monthEnd = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);

        const [minute, , day, , month] = windowsOf('t', ALL, timeMs);

        expect(minute?.resetsAtMs).toBe((Math.floor(timeMs / MINUTE_MS) + 1) * MINUTE_MS);
        expect(day?.resetsAtMs).toBe((Math.floor(timeMs / DAY_MS) + 1) * DAY_MS);
        expect(month?.resetsAtMs).toBe(monthEnd);
        expect(monthEndMs(timeMs)).toBe(monthEnd);
        expect(monthOf(timeMs)).toBe(date.toISOString().slice(0, 7));
      }),
      { examples: ['2027-02-28', '2028-02-10', '2100-02-28'].map((day) => [new Date(day)]) },
    );
  });

  it('tells from every name what the window measures', () => {
    for (const { name, measure } of windowsOf('k:a:m', ALL, NOON_MS)) {
      expect(measureOf(name)).toBe(measure);
    }
    expect(() => measureOf('ttl')).toThrow("not the name of a quota window: 'ttl'");
  });
});

describe('windowMask', () => {
  it('has a bit for every limit that is set, a limit of 0 among them', () => {
    expect(windowMask('k:a', {})).toBe(0);
    expect(windowMask('k:a', { requestsPerMinute: 0 })).toBe(0b1);
    expect(windowMask('k:a', { tokensPerMinute: 1, tokensPerDay: 1 })).toBe(0b110);
    expect(windowMask('x:a', { nanoUsdPerDay: 1, nanoUsdPerMonth: 1 })).toBe(0b11000);
  });

  it('counts a tenant’s month even without limits, and gives concurrency no window', () => {
    expect(windowMask('t', {})).toBe(0b1110000);
    expect(windowMask('t', { concurrentRequests: 3 })).toBe(0b1110000);
    expect(windowMask('t', { tokensPerMinute: 1 })).toBe(0b1110010);
  });

  it('never gives one bit another meaning: masks outlive a deployment', () => {
    const meanings = windowsOf('t', ALL, NOON_MS).map(
      ({ limit, measure }) => `${measure} ${limit ?? 'counted'}`,
    );

    expect(meanings).toEqual([
      'requests requestsPerMinute',
      'tokens tokensPerMinute',
      'tokens tokensPerDay',
      'nanoUsd nanoUsdPerDay',
      'nanoUsd nanoUsdPerMonth',
      'requests counted',
      'tokens counted',
    ]);
  });
});

describe('isExpired', () => {
  const [minuteName = ''] = namesAt(NOON_MS);

  it('F11 keeps a minute that a clock three minutes ahead takes for past', () => {
    expect(isExpired(minuteName, NOON_MS)).toBe(false);
    expect(isExpired(minuteName, NOON_MS + 3 * MINUTE_MS)).toBe(false);
    expect(isExpired(minuteName, NOON_MS + 4 * MINUTE_MS)).toBe(true);
    expect(isExpired(minuteName, NOON_MS - 60 * MINUTE_MS)).toBe(false);
  });

  it('keeps yesterday, and lets the day before go', () => {
    expect(isExpired('t:d:24:t', Date.UTC(2026, 10, 25, 23, 59))).toBe(false);
    expect(isExpired('t:d:24:t', Date.UTC(2026, 10, 26))).toBe(true);
    expect(isExpired('k:9f3:d:9:c', Date.UTC(2026, 10, 10))).toBe(false);
    expect(isExpired('k:9f3:d:9:c', Date.UTC(2026, 10, 11))).toBe(true);
  });

  it('never takes a month, or anything that is no window, for expired', () => {
    const later = NOON_MS + 20 * DAY_MS;

    for (const name of ['t:mo:c', 'k:a:mo:c', 's', 'o', 'i', 'ttl', 'pk', 'r:01ARZ']) {
      expect(isExpired(name, later)).toBe(false);
    }
  });

  it('expires no running window, whatever a key is called', () => {
    const keyName = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom('m', 'd', 'client:m', 'a:d', 'x:d:5', 'client:a:m:hnn9k'),
    );
    const time = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2050, 0) });
    fc.assert(
      fc.property(keyName, time, fc.constantFrom('k' as const, 'x' as const), (key, now, kind) => {
        expect(namesAt(now, ALL, `${kind}:${key}`).filter((name) => isExpired(name, now))).toEqual(
          [],
        );
      }),
    );
  });
});
