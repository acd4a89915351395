import { Failure } from '../failures/failure.ts';
import type { Amounts, Limits, ScopedLimits } from './limits.ts';

/**
 * The failure of a request that no window could ever grant because it is larger than the whole of
 * it. Waiting would not help: the caller must ask for less.
 */
export function checkFits(limits: ScopedLimits, amounts: Amounts): Failure | undefined {
  return unfit('tenant', limits.tenant, amounts) ?? unfit('key', limits.key ?? {}, amounts);
}

function unfit(scope: string, limits: Limits, amounts: Amounts): Failure | undefined {
  const perMinute = limits.tokensPerMinute ?? Number.POSITIVE_INFINITY;
  const perDay = limits.tokensPerDay ?? Number.POSITIVE_INFINITY;
  const allowed = Math.min(perMinute, perDay);
  if (amounts.tokens <= allowed) return undefined;
  const window = perMinute <= perDay ? 'minute' : 'day';
  return new Failure(
    'reservation_too_large',
    `the request may take up to ${amounts.tokens} tokens, more than the ${allowed} tokens a ${window} of the ${scope}; shorten the prompt or lower max_completion_tokens`,
    { param: 'max_completion_tokens' },
  );
}
