import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demandOf, findRefusal, standingOf, type WindowDemand } from '#core/quota/judge-windows.ts';
import type { Amounts, Limits } from '#core/quota/limits.ts';
import { type WindowScope, windowMask, windowsOf } from '#core/quota/windows.ts';

const NOW_MS = Date.UTC(2026, 10, 24, 12);
const AMOUNTS: Amounts = { requests: 1, tokens: 10, nanoUsd: 1_000 };

function demandsOf(scope: WindowScope, limits: Limits, amounts = AMOUNTS): WindowDemand[] {
  return windowsOf(scope, windowMask(scope, limits), NOW_MS).map((window) =>
    demandOf(window, scope === 't' ? 'tenant' : 'key', limits, amounts),
  );
}

const usedUp = (demands: readonly WindowDemand[], used: number) =>
  new Map(demands.map(({ window }) => [window.name, used]));

describe('findRefusal', () => {
  it('lets a request take the last of a window, and not one more', () => {
    const demands = demandsOf('t', { tokensPerDay: 100 });
    const [{ window } = { window: { name: '' } }] = demands;

    expect(findRefusal(demands, new Map([[window.name, 90]]))).toBeUndefined();
    expect(findRefusal(demands, new Map([[window.name, 91]]))).toEqual({
      scope: 'tenant',
      limit: 'tokensPerDay',
      allowed: 100,
      used: 91,
      asked: 10,
      resetsAtMs: Date.UTC(2026, 10, 25),
    });
  });

  it('takes a window that is not there for an unused one, and 0 for a limit', () => {
    expect(findRefusal(demandsOf('t', { requestsPerMinute: 1 }), new Map())).toBeUndefined();
    expect(findRefusal(demandsOf('t', { requestsPerMinute: 0 }), new Map())).toMatchObject({
      limit: 'requestsPerMinute',
      used: 0,
    });
  });

  it('stops no free request for money, and no request for what is only counted', () => {
    const free = { ...AMOUNTS, nanoUsd: 0 };
    const budget = demandsOf('t', { nanoUsdPerDay: 0, nanoUsdPerMonth: 5 }, free);

    expect(findRefusal(budget, usedUp(budget, 1_000_000))).toBeUndefined();
    const counted = demandsOf('t', {});
    expect(findRefusal(counted, usedUp(counted, 1_000_000))).toBeUndefined();
  });

  it('names the tenant before the key', () => {
    const demands = [
      ...demandsOf('t', { requestsPerMinute: 5 }),
      ...demandsOf('k:a', { requestsPerMinute: 3 }),
    ];

    expect(findRefusal(demands, usedUp(demands, 4))).toMatchObject({ scope: 'key', allowed: 3 });
    expect(findRefusal(demands, usedUp(demands, 5))).toMatchObject({ scope: 'tenant' });
  });

  it('refuses exactly when some limit would be exceeded', () => {
    const count = fc.nat({ max: 20 });
    fc.assert(
      fc.property(count, count, count, count, (perMinute, perDay, used, tokens) => {
        const limits = { tokensPerMinute: perMinute, tokensPerDay: perDay };
        const demands = demandsOf('t', limits, { ...AMOUNTS, tokens });

        const refusal = findRefusal(demands, usedUp(demands, used));

        expect(refusal === undefined).toBe(used + tokens <= Math.min(perMinute, perDay));
      }),
    );
  });
});

describe('standingOf', () => {
  it('tells of the scope with the least left, and never less than nothing', () => {
    const demands = [
      ...demandsOf('t', { requestsPerMinute: 10, tokensPerMinute: 100 }),
      ...demandsOf('k:a', { requestsPerMinute: 8, tokensPerMinute: 500 }),
    ];
    const resetsAtMs = NOW_MS + 60_000;

    expect(standingOf(demands, usedUp(demands, 3))).toEqual({
      requests: { limit: 8, remaining: 5, resetsAtMs },
      tokens: { limit: 100, remaining: 97, resetsAtMs },
    });
    expect(standingOf(demands, usedUp(demands, 1_000)).tokens?.remaining).toBe(0);
  });

  it('is silent about rates that have no limit', () => {
    expect(standingOf(demandsOf('t', { tokensPerDay: 10 }), new Map())).toEqual({});
  });
});
