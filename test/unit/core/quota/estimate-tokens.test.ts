import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '#core/chat/chat-request.ts';
import { estimatePromptTokens, estimateTextTokens } from '#core/quota/estimate-tokens.ts';
import { aRequest, WEATHER_TOOL } from '../../../support/chat-calls.ts';
import { A_LETTER } from '../../../support/ordinary-english.ts';

const tokensOf = (...messages: ChatMessage[]) => estimatePromptTokens(aRequest({ messages }));
const OVERHEAD = 8;

describe('estimatePromptTokens', () => {
  it.each([
    ['nothing', '', 0],
    ['a letter', 'a', 1],
    ['three letters', 'abc', 1],
    ['four letters', 'abcd', 2],
    ['an accent', 'é', 2],
    ['Chinese', '你好', 4],
    ['an emoji, which is two units', '🙂', 4],
    ['both kinds', 'abcdé', 2 + 2],
  ])('counts %s', (_what, content, tokens) => {
    expect(tokensOf({ role: 'user', content })).toBe(OVERHEAD + tokens);
  });

  it('counts every message, text part, picture and tool call', () => {
    const parts = [
      { type: 'text', text: 'abc' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
    ] as const;
    const call = { id: '1', type: 'function', function: { name: 'abc', arguments: '{}' } } as const;

    const system = tokensOf({ role: 'system', content: 'abcabc' });
    const user = tokensOf({ role: 'user', content: [...parts] });
    const assistant = tokensOf({ role: 'assistant', content: null, tool_calls: [call] });
    const tool = tokensOf({ role: 'tool', tool_call_id: '1', content: 'abc' });

    expect(system).toBe(OVERHEAD + 2);
    // The parts are joined by line breaks, which count.
    expect(user).toBe(OVERHEAD + 2 + 2 * 1_600);
    expect(assistant).toBe(OVERHEAD + OVERHEAD + 2);
    expect(tool).toBe(OVERHEAD + 1);
  });

  it('counts a refusal that is sent back, so that no prompt hides there', () => {
    const content = 'abc';

    const said = tokensOf({ role: 'assistant', content });
    const refused = tokensOf({ role: 'assistant', content: null, refusal: 'a'.repeat(3_000) });
    const both = tokensOf({ role: 'assistant', content, refusal: 'a'.repeat(3_000) });

    expect([said, refused, both]).toEqual([OVERHEAD + 1, OVERHEAD + 1_000, OVERHEAD + 1_001]);
  });

  it('counts tools and the schema of the answer, which the model reads as well', () => {
    const plain = estimatePromptTokens(aRequest());
    const { function: tool } = WEATHER_TOOL;
    const schema = { name: 'answer', schema: { type: 'object' } };

    const withTool = estimatePromptTokens(aRequest({ tools: [WEATHER_TOOL] }));
    const withSchema = estimatePromptTokens(
      aRequest({ response_format: { type: 'json_schema', json_schema: schema } }),
    );

    expect(withTool).toBe(plain + OVERHEAD + Math.ceil(JSON.stringify(tool).length / 3));
    expect(withSchema).toBe(plain + Math.ceil(JSON.stringify(schema).length / 3));
  });

  it('stays above what a tokenizer would say of ordinary English, about four letters a token', () => {
    expect(tokensOf({ role: 'user', content: A_LETTER })).toBeGreaterThan(A_LETTER.length / 4);
  });

  it('never says less of a longer text, nor more than twice its length', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(text, text, (left, right) => {
        const [short, long] = [left, left + right].map((content) =>
          tokensOf({ role: 'user', content }),
        );

        expect(long).toBeGreaterThanOrEqual(short ?? 0);
        expect(long).toBeLessThanOrEqual(OVERHEAD + 2 * (left + right).length);
      }),
    );
  });

  it('counts twice as much in a text of twice the length, and gets to the end of 9 MB', () => {
    const sizes = [3_000, 6_000, 9_000_000];

    const counts = sizes.map((length) => tokensOf({ role: 'user', content: 'a'.repeat(length) }));

    expect(counts).toEqual([1_000, 2_000, 3_000_000].map((tokens) => OVERHEAD + tokens));
  });
});

describe('estimateTextTokens', () => {
  it('takes four units for a token, and part of one for a whole', () => {
    expect([0, 1, 4, 5].map(estimateTextTokens)).toEqual([0, 1, 1, 2]);
  });
});
