import type { QuotaStanding, RateStanding } from '#core/quota/quota-store.ts';

/**
 * `x-ratelimit-*` as the OpenAI API spells them, from the write that decided.
 *
 * @see https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
 */
export function rateLimitHeaders(
  standing: QuotaStanding | undefined,
  nowMs: number,
): Record<string, string> {
  return {
    ...ratesOf('requests', standing?.requests, nowMs),
    ...ratesOf('tokens', standing?.tokens, nowMs),
  };
}

function ratesOf(
  measure: string,
  rate: RateStanding | undefined,
  nowMs: number,
): Record<string, string> {
  if (rate === undefined) return {};
  return {
    [`x-ratelimit-limit-${measure}`]: String(rate.limit),
    [`x-ratelimit-remaining-${measure}`]: String(Math.max(0, rate.remaining)),
    [`x-ratelimit-reset-${measure}`]: duration(Math.max(0, rate.resetsAtMs - nowMs)),
  };
}

/** `17ms`, `1.2s`, `6m0s`: Go's notation, which the OpenAI API uses. */
function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${Math.round(ms / 100) / 10}s`;
  return `${Math.floor(ms / 60_000)}m${Math.floor((ms % 60_000) / 1000)}s`;
}
