import { type Usage, usageOf } from '#core/chat/usage.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';

/**
 * The usage a server states; undefined unless prompt and completion are both counts, so that nonsense
 * is estimated and not billed.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/object#chat/object-usage
 */
export function readUsage(stated: unknown): Usage | undefined {
  if (!isJsonObject(stated)) return undefined;
  const prompt = count(stated['prompt_tokens']);
  const completion = count(stated['completion_tokens']);
  if (prompt === undefined || completion === undefined) return undefined;
  const cached = detail(stated['prompt_tokens_details'], 'cached_tokens', prompt);
  const cacheWrite = detail(stated['prompt_tokens_details'], 'cache_write_tokens', prompt);
  const reasoning = detail(stated['completion_tokens_details'], 'reasoning_tokens', completion);
  return usageOf({ prompt, completion, cached, cacheWrite, reasoning });
}

/** A part is never more than its whole. */
function detail(details: unknown, name: string, whole: number): number | undefined {
  const value = isJsonObject(details) ? count((details satisfies JsonObject)[name]) : undefined;
  return value === undefined ? undefined : Math.min(value, whole);
}

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
