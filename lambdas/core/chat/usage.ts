/**
 * Tokens one answer took, under the names of the OpenAI API. `prompt_tokens` includes the cached
 * ones, `completion_tokens` the reasoning ones.
 */
export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: {
    /** Read from the provider's prompt cache. */
    readonly cached_tokens: number;
    /** Written to the provider's prompt cache; our extension, priced apart. */
    readonly cache_write_tokens?: number;
  };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
}

/** Whose count it is. An estimate is never passed off as the provider's figure. */
type UsageSource = 'provider' | 'estimated';

export interface MeteredUsage {
  readonly usage: Usage;
  readonly source: UsageSource;
}

interface UsageCounts {
  readonly prompt: number;
  readonly completion: number;
  readonly cached?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly reasoning?: number | undefined;
}

export function usageOf(counts: UsageCounts): Usage {
  return {
    prompt_tokens: counts.prompt,
    completion_tokens: counts.completion,
    total_tokens: counts.prompt + counts.completion,
    prompt_tokens_details: {
      cached_tokens: counts.cached ?? 0,
      ...(counts.cacheWrite ? { cache_write_tokens: counts.cacheWrite } : {}),
    },
    completion_tokens_details: { reasoning_tokens: counts.reasoning ?? 0 },
  };
}

export const addUsage = (left: Usage, right: Usage): Usage =>
  usageOf({
    prompt: left.prompt_tokens + right.prompt_tokens,
    completion: left.completion_tokens + right.completion_tokens,
    cached: left.prompt_tokens_details.cached_tokens + right.prompt_tokens_details.cached_tokens,
    cacheWrite:
      (left.prompt_tokens_details.cache_write_tokens ?? 0) +
      (right.prompt_tokens_details.cache_write_tokens ?? 0),
    reasoning:
      left.completion_tokens_details.reasoning_tokens +
      right.completion_tokens_details.reasoning_tokens,
  });

export const NO_USAGE: Usage = usageOf({ prompt: 0, completion: 0 });
