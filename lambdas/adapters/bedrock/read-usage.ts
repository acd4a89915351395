import type { TokenUsage } from '@aws-sdk/client-bedrock-runtime';
import { type Usage, usageOf } from '#core/chat/usage.ts';

/**
 * Usage under OpenAI's names; undefined when Bedrock gave no sound counts. Bedrock's input tokens
 * leave out what came from and went to the prompt cache, OpenAI's prompt tokens do not.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 */
export function readUsage(stated: TokenUsage | undefined): Usage | undefined {
  const input = count(stated?.inputTokens);
  const completion = count(stated?.outputTokens);
  if (input === undefined || completion === undefined) return undefined;
  const cached = count(stated?.cacheReadInputTokens);
  const cacheWrite = count(stated?.cacheWriteInputTokens);
  return usageOf({
    prompt: input + (cached ?? 0) + (cacheWrite ?? 0),
    completion,
    cached,
    cacheWrite,
  });
}

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
