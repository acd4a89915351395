import type { Usage } from '../chat/usage.ts';

/** What a model costs, in nano-dollars per token; USD 1 per million tokens is 1,000. */
export interface Price {
  readonly inputNanoUsd: number;
  readonly outputNanoUsd: number;
  /** @default the input price */
  readonly cachedInputNanoUsd?: number;
  /** @default the input price */
  readonly cacheWriteNanoUsd?: number;
}

/** Prices by target name (`provider/model`). A target that is not listed has no known price. */
export type PriceTable = Readonly<Record<string, Price>>;

/**
 * What a usage costs, in whole nano-dollars, rounded up: rounding down could serve an unbounded
 * number of tiny requests for nothing.
 */
export function costOf(usage: Usage, price: Price): number {
  const cached = usage.prompt_tokens_details.cached_tokens;
  const written = usage.prompt_tokens_details.cache_write_tokens ?? 0;
  const fresh = Math.max(0, usage.prompt_tokens - cached - written);
  return Math.ceil(
    fresh * price.inputNanoUsd +
      cached * (price.cachedInputNanoUsd ?? price.inputNanoUsd) +
      written * (price.cacheWriteNanoUsd ?? price.inputNanoUsd) +
      usage.completion_tokens * price.outputNanoUsd,
  );
}

/** The dearest a prompt and an output of these sizes may come to, nothing cached. */
export const dearestCost = (promptTokens: number, outputTokens: number, price: Price): number =>
  Math.ceil(
    promptTokens * Math.max(price.inputNanoUsd, price.cacheWriteNanoUsd ?? 0) +
      outputTokens * price.outputNanoUsd,
  );
