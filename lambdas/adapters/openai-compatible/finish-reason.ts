import type { FinishReason } from '#core/chat/chat-response.ts';

/** What servers that call themselves compatible say, besides OpenAI's own words. */
const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['length', 'length'],
  ['tool_calls', 'tool_calls'],
  ['function_call', 'tool_calls'],
  ['content_filter', 'content_filter'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['model_length', 'length'],
  ['tool_use', 'tool_calls'],
  ['guardrail_intervened', 'content_filter'],
  ['content_filtered', 'content_filter'],
  ['refusal', 'content_filter'],
]);

/** Words for an answer that did not come to its end. */
const BROKEN: ReadonlySet<string> = new Set(['error', 'abort', 'aborted', 'cancelled']);

interface Said {
  readonly content: boolean;
  readonly toolCalls: boolean;
}

/**
 * OpenAI's word for why a model stopped; undefined when what it said cannot be a good end: an error,
 * calls that are not there, or an unknown word after no content.
 */
export function finishReason(word: string, said: Said): FinishReason | undefined {
  if (BROKEN.has(word)) return undefined;
  const reason = REASONS.get(word);
  if (reason === 'tool_calls' && !said.toolCalls) return said.content ? 'stop' : undefined;
  if (reason !== undefined) return reason;
  if (said.toolCalls) return 'tool_calls';
  return said.content ? 'stop' : undefined;
}
