import type { ChatChoice } from '../chat/chat-response.ts';
import { type Rewrite, rewriteToolCalls } from './rewrite-request.ts';

/** A choice with every text rewritten that the model wrote. */
export function rewriteChoice(choice: ChatChoice, rewrite: Rewrite): ChatChoice {
  const place = `choices[${choice.index}]`;
  const { content, refusal, reasoning_content: reasoning, tool_calls: calls } = choice.message;
  return {
    ...choice,
    message: {
      ...choice.message,
      content: content && rewrite(content, `${place}.content`, 'plain'),
      refusal: refusal && rewrite(refusal, `${place}.refusal`, 'plain'),
      ...(reasoning && {
        reasoning_content: rewrite(reasoning, `${place}.reasoning_content`, 'plain'),
      }),
      ...(calls && { tool_calls: rewriteToolCalls(calls, place, rewrite) }),
    },
  };
}

/** What a client gets of a choice that a guardrail stopped. */
export const blockedChoice = (index: number): ChatChoice => ({
  index,
  message: { content: null, refusal: null },
  finish_reason: 'content_filter',
});
