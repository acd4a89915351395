import { type ChatRequest, maxTokensAsked, textOf } from '#core/chat/chat-request.ts';
import type { FinishReason } from '#core/chat/chat-response.ts';

/** What a simulated model counts as one token: a run of up to six characters and the space before it. */
const TOKEN = /\s*\S{1,6}|\s+/gu;

export const tokensOf = (text: string): readonly string[] => text.match(TOKEN) ?? [];

/** Tokens of a prompt, deterministic: those of its texts and of its tool calls. */
export function promptTokens({ messages }: ChatRequest): number {
  let count = 0;
  for (const message of messages) {
    count += 1 + tokensOf(textOf(message.content)).length;
    if (message.role !== 'assistant') continue;
    for (const { function: called } of message.tool_calls ?? []) {
      count += tokensOf(called.arguments).length;
    }
  }
  return count;
}

interface Said {
  readonly tokens: readonly string[];
  readonly reason: FinishReason;
}

/** As much of a text as stop sequences and the output cap let through. */
export function withinLimits(text: string, request: ChatRequest): Said {
  const { stop = [] } = request;
  const ends = [stop]
    .flat()
    .map((sequence) => (sequence === '' ? -1 : text.indexOf(sequence)))
    .filter((index) => index !== -1);
  const tokens = tokensOf(ends.length === 0 ? text : text.slice(0, Math.min(...ends)));
  const cap = maxTokensAsked(request) ?? Number.POSITIVE_INFINITY;
  return tokens.length > cap
    ? { tokens: tokens.slice(0, cap), reason: 'length' }
    : { tokens, reason: 'stop' };
}
