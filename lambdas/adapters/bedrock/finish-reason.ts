import type { FinishReason } from '#core/chat/chat-response.ts';

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['guardrail_intervened', 'content_filter'],
  ['content_filtered', 'content_filter'],
  ['refusal', 'content_filter'],
]);

/** The model's own words for output that is broken. */
const BROKEN: ReadonlySet<string> = new Set(['malformed_model_output', 'malformed_tool_use']);

/**
 * OpenAI's word for Bedrock's stop reason; undefined for malformed output, for calls that are not
 * there, and for an unknown word after no content.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_MessageStopEvent.html
 */
export function finishReason(
  word: string | undefined,
  said: { readonly content: boolean; readonly toolCalls: boolean },
): FinishReason | undefined {
  if (word === undefined || BROKEN.has(word)) return undefined;
  const reason = REASONS.get(word);
  if (reason === 'tool_calls' && !said.toolCalls) return said.content ? 'stop' : undefined;
  if (reason !== undefined) return reason;
  if (said.toolCalls) return 'tool_calls';
  return said.content ? 'stop' : undefined;
}
