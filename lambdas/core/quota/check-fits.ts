import { Failure } from '../failures/failure.ts';
import { type Amounts, type Limits, NANO_USD_PER_USD, type ScopedLimits } from './limits.ts';

/**
 * The failure of a request that no window could ever grant because it is larger than the whole of
 * it. Waiting would not help: the caller must ask for less. A budget of 0 is not too small but
 * closed, which is for the store to say.
 */
export function checkFits(limits: ScopedLimits, amounts: Amounts): Failure | undefined {
  return unfit('tenant', limits.tenant, amounts) ?? unfit('key', limits.key ?? {}, amounts);
}

const unfit = (scope: string, limits: Limits, amounts: Amounts): Failure | undefined =>
  unfitTokens(scope, limits, amounts) ?? unfitMoney(scope, limits, amounts);

function unfitTokens(scope: string, limits: Limits, { tokens }: Amounts): Failure | undefined {
  const { tokensPerMinute: perMinute, tokensPerDay: perDay } = limits;
  const { most, window } = smaller([perMinute, 'minute'], [perDay, 'day']);
  if (tokens <= most) return undefined;
  return tooLarge(
    `may take up to ${tokens} tokens, more than the ${most} tokens a ${window} of the ${scope}`,
  );
}

function unfitMoney(scope: string, limits: Limits, { nanoUsd }: Amounts): Failure | undefined {
  const { nanoUsdPerDay: perDay, nanoUsdPerMonth: perMonth } = limits;
  const { most, window } = smaller([perDay, 'day'], [perMonth, 'month']);
  if (nanoUsd <= most || most === 0) return undefined;
  const usd = (nano: number): string => `USD ${(nano / NANO_USD_PER_USD).toFixed(6)}`;
  return tooLarge(
    `may cost up to ${usd(nanoUsd)}, more than the ${usd(most)} a ${window} of the ${scope}`,
  );
}

type Bound = readonly [limit: number | undefined, window: string];

function smaller(
  [first = Number.POSITIVE_INFINITY, firstWindow]: Bound,
  [second = Number.POSITIVE_INFINITY, secondWindow]: Bound,
): { readonly most: number; readonly window: string } {
  return first <= second
    ? { most: first, window: firstWindow }
    : { most: second, window: secondWindow };
}

const tooLarge = (what: string): Failure =>
  new Failure(
    'reservation_too_large',
    `the request ${what}; shorten the prompt or lower max_completion_tokens`,
    { param: 'max_completion_tokens' },
  );
