import type { Amounts, Limits, ScopedLimits } from './limits.ts';
import type { QuotaRefusal, QuotaStanding, RateStanding } from './quota-store.ts';
import type { Window } from './windows.ts';

/** A window with what it allows and what a request adds to it. */
export interface WindowDemand {
  readonly window: Window;
  readonly scope: 'tenant' | 'key';
  /** Undefined when it is only counted, or when it does not bind this request. */
  readonly allowed: number | undefined;
  readonly amount: number;
}

/** What is used or reserved, by window name; a window that is not there holds nothing. */
export type WindowImage = ReadonlyMap<string, number>;

/** A free request is never stopped by money, however much of it has been spent. */
export function demandOf(
  window: Window,
  scope: 'tenant' | 'key',
  limits: Limits,
  amounts: Amounts,
): WindowDemand {
  const amount = amounts[window.measure];
  const free = window.measure === 'nanoUsd' && amount === 0;
  const allowed = window.limit === undefined || free ? undefined : limits[window.limit];
  return { window, scope, allowed, amount };
}

/** The first demand that the image leaves no room for. */
export function findRefusal(
  demands: readonly WindowDemand[],
  image: WindowImage,
): QuotaRefusal | undefined {
  for (const { window, scope, allowed, amount } of demands) {
    const used = image.get(window.name) ?? 0;
    if (allowed === undefined || window.limit === undefined || used + amount <= allowed) continue;
    const { limit, resetsAtMs } = window;
    return { scope, limit, allowed, used, asked: amount, resetsAtMs };
  }
  return undefined;
}

/** How the minute's rates stand in an image; the scope with the least left counts. */
export function standingOf(demands: readonly WindowDemand[], image: WindowImage): QuotaStanding {
  const requests = tightest('requestsPerMinute', demands, image);
  const tokens = tightest('tokensPerMinute', demands, image);
  return {
    ...(requests === undefined ? {} : { requests }),
    ...(tokens === undefined ? {} : { tokens }),
  };
}

function tightest(
  limit: keyof ScopedLimits['tenant'],
  demands: readonly WindowDemand[],
  image: WindowImage,
): RateStanding | undefined {
  let least: RateStanding | undefined;
  for (const { window, allowed } of demands) {
    if (window.limit !== limit || allowed === undefined) continue;
    const remaining = Math.max(0, allowed - (image.get(window.name) ?? 0));
    if (least !== undefined && least.remaining <= remaining) continue;
    least = { limit: allowed, remaining, resetsAtMs: window.resetsAtMs };
  }
  return least;
}
