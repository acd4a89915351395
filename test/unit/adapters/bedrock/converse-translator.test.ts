import { describe, expect, it } from 'vitest';
import type { ConverseEvent } from '#adapters/bedrock/bedrock-client.ts';
import { ConverseTranslator } from '#adapters/bedrock/converse-translator.ts';
import { collectAnswer } from '#core/chat/collect-answer.ts';
import { contentOf, failureIn } from '../../../support/chat-calls.ts';

function translate(events: readonly unknown[], contentByTool = false) {
  const translator = new ConverseTranslator({ choice: 0, contentByTool, whole: false });
  const translated = events.flatMap((event) => [...translator.push(event as ConverseEvent)]);
  return [...translated, ...translator.end()];
}

const text = (said: string, contentBlockIndex = 0) => ({
  contentBlockDelta: { contentBlockIndex, delta: { text: said } },
});
const tool = (contentBlockIndex: number, toolUseId: string) => ({
  contentBlockStart: { contentBlockIndex, start: { toolUse: { toolUseId, name: 'f' } } },
});
const input = (contentBlockIndex: number, fragment: string) => ({
  contentBlockDelta: { contentBlockIndex, delta: { toolUse: { input: fragment } } },
});
const stop = (stopReason?: string) => ({ messageStop: { stopReason } });

describe('ConverseTranslator', () => {
  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['guardrail_intervened', 'content_filter'],
    ['content_filtered', 'content_filter'],
    ['refusal', 'content_filter'],
    ['a word of its own', 'stop'],
  ])('takes the stop reason %s for %s', (word, reason) => {
    expect(translate([text('a'), stop(word)]).at(-1)).toEqual({
      type: 'finish',
      choice: 0,
      reason,
    });
  });

  it.each(['malformed_model_output', 'malformed_tool_use', 'a word of its own', undefined])(
    'takes the stop reason %s after no content for an invalid answer',
    (word) => {
      expect(failureIn(translate([stop(word)])).code).toBe('provider_invalid_response');
    },
  );

  it('counts tool calls densely from 0, wherever their blocks stand', () => {
    const events = translate([
      text('I will look.'),
      tool(3, 'a'),
      input(3, '{"city":'),
      tool(1, 'b'),
      input(3, '"Ulm"}'),
      stop('tool_use'),
    ]);

    expect(events.slice(1)).toEqual([
      { type: 'tool-call', choice: 0, index: 0, id: 'a', name: 'f', arguments: '' },
      { type: 'tool-call', choice: 0, index: 0, arguments: '{"city":' },
      { type: 'tool-call', choice: 0, index: 1, id: 'b', name: 'f', arguments: '' },
      { type: 'tool-call', choice: 0, index: 0, arguments: '"Ulm"}' },
      // Bedrock says nothing for no arguments; clients parse JSON.
      { type: 'tool-call', choice: 0, index: 1, arguments: '{}' },
      { type: 'finish', choice: 0, reason: 'tool_calls' },
    ]);
  });

  it('passes reasoning on, and leaves signatures and redacted thoughts out', () => {
    const thought = (reasoningContent: object) => ({
      contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent } },
    });
    const events = translate([
      thought({ text: 'hm' }),
      thought({ signature: 'abc' }),
      thought({ redactedContent: new Uint8Array(3) }),
      text('yes', 1),
      stop('end_turn'),
    ]);

    expect(events.map(({ type }) => type)).toEqual(['reasoning', 'content', 'finish']);
  });

  it('counts cached tokens as part of the prompt', () => {
    const usage = {
      inputTokens: 10,
      outputTokens: 5,
      totalTokens: 115,
      cacheReadInputTokens: 80,
      cacheWriteInputTokens: 20,
    };
    const events = translate([text('a'), stop('end_turn'), { metadata: { usage } }]);

    expect(events.at(-1)).toEqual({
      type: 'usage',
      usage: {
        prompt_tokens: 110,
        completion_tokens: 5,
        total_tokens: 115,
        prompt_tokens_details: { cached_tokens: 80, cache_write_tokens: 20 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    });
  });

  it.each([undefined, {}, { inputTokens: 'many', outputTokens: 3 }, { inputTokens: -1 }])(
    'leaves malformed usage %j out',
    (usage) => {
      const events = translate([text('a'), stop('end_turn'), { metadata: { usage } }]);

      expect(events.map(({ type }) => type)).toEqual(['content', 'finish']);
    },
  );

  it('tells an end in the midst of an answer from one before it', () => {
    expect(failureIn(translate([text('a')])).code).toBe('stream_truncated');
    expect(failureIn(translate([{ messageStart: { role: 'assistant' } }])).code).toBe(
      'provider_invalid_response',
    );
  });

  describe('when the answer is the input of a forced tool', () => {
    it('makes the input the content, and says stop', () => {
      const events = translate(
        [text('Here:'), tool(1, 'a'), input(1, '{"a"'), input(1, ':1}'), stop('tool_use')],
        true,
      );

      expect(collectAnswer(events)).toMatchObject({
        value: { choices: [{ message: { content: '{"a":1}' }, finish_reason: 'stop' }] },
      });
    });

    it('takes a call without arguments for the empty object', () => {
      const events = translate([tool(0, 'a'), stop('tool_use')], true);

      expect(contentOf(events)).toBe('{}');
    });

    it('is no answer without the call', () => {
      const events = translate([text('I would rather talk.'), stop('end_turn')], true);

      expect(failureIn(events).code).toBe('provider_invalid_response');
      expect(contentOf(events)).toBe('');
    });

    it('says what the model said when it was kept from answering', () => {
      const events = translate([text('I cannot.'), stop('content_filtered')], true);

      expect(events).toEqual([
        { type: 'content', choice: 0, text: 'I cannot.' },
        { type: 'finish', choice: 0, reason: 'content_filter' },
      ]);
    });
  });
});
