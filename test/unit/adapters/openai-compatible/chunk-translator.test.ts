import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkTranslator } from '#adapters/openai-compatible/chunk-translator.ts';
import type { ChatEvent } from '#core/chat/chat-event.ts';
import { aRequest, failureIn } from '../../../support/chat-calls.ts';

const translator = (n = 1) => {
  let ids = 0;
  return new ChunkTranslator({
    provider: 'fake',
    request: aRequest({ n }),
    newToolCallId: () => {
      ids += 1;
      return `made-${ids}`;
    },
    whole: false,
  });
};

function translate(chunks: readonly unknown[], n = 1): ChatEvent[] {
  const reader = translator(n);
  const events = chunks.flatMap((chunk) => [
    ...reader.push({ event: '', data: typeof chunk === 'string' ? chunk : JSON.stringify(chunk) }),
  ]);
  return [...events, ...reader.end()];
}

const delta = (fields: object, finish: string | null = null) => ({
  choices: [{ index: 0, delta: fields, finish_reason: finish }],
});
const finish = (reason: string) => delta({}, reason);

describe('ChunkTranslator', () => {
  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['end_turn', 'stop'],
    ['max_tokens', 'length'],
    ['guardrail_intervened', 'content_filter'],
    ['a word of its own', 'stop'],
    ['tool_calls', 'stop'],
  ])('takes the finish reason %s after content for %s', (word, reason) => {
    expect(translate([delta({ content: 'a' }), finish(word)]).at(-1)).toEqual({
      type: 'finish',
      choice: 0,
      reason,
    });
  });

  it.each(['a word of its own', 'tool_calls', 'error'])(
    'refuses the finish reason %s when nothing was said',
    (word) => {
      expect(failureIn(translate([finish(word)])).code).toBe('provider_invalid_response');
    },
  );

  it('takes a broken end for an interruption once the answer has begun', () => {
    expect(failureIn(translate([delta({ content: 'a' }), finish('abort')])).code).toBe(
      'stream_interrupted',
    );
  });

  it('never ends well at [DONE] without a finish', () => {
    expect(failureIn(translate([delta({ content: 'a' }), '[DONE]'])).code).toBe('stream_truncated');
    expect(failureIn(translate(['[DONE]'])).code).toBe('provider_invalid_response');
  });

  it('waits for every choice that was asked for', () => {
    const events = translate([delta({ content: 'a' }), finish('stop'), '[DONE]'], 2);

    expect(failureIn(events).code).toBe('stream_truncated');
  });

  it('refuses a choice nobody asked for', () => {
    const events = translate([{ choices: [{ index: 3, delta: { content: 'a' } }] }]);

    expect(failureIn(events).code).toBe('provider_invalid_response');
  });

  it('passes reasoning on once, under either name', () => {
    const events = translate([
      delta({ reasoning_content: 'hm', reasoning: 'hm' }),
      delta({ reasoning: 'so' }),
      delta({ content: [{ type: 'text', text: 'yes' }] }),
      finish('stop'),
    ]);

    expect(events.slice(0, 3)).toEqual([
      { type: 'reasoning', choice: 0, text: 'hm' },
      { type: 'reasoning', choice: 0, text: 'so' },
      { type: 'content', choice: 0, text: 'yes' },
    ]);
  });

  it.each([
    ['sparse indexes', [{ index: 4, id: 'a' }, { index: 4 }, { index: 9, id: 'b' }, { index: 9 }]],
    ['no index', [{ id: 'a' }, {}, { id: 'b' }, {}]],
    ['one index for two calls', [{ index: 0, id: 'a' }, { index: 0 }, { index: 0, id: 'b' }, {}]],
  ])('counts tool calls densely from 0: %s', (_name, places) => {
    const [first, second, third, fourth] = places;
    const call = (place: unknown, called: object) =>
      delta({ tool_calls: [{ ...(place as object), function: called }] });
    const events = translate([
      call(first, { name: 'f', arguments: '{' }),
      call(second, { arguments: '}' }),
      call(third, { name: 'g', arguments: '' }),
      call(fourth, { arguments: '{}' }),
      finish('tool_calls'),
    ]);

    expect(events.map((event) => (event.type === 'tool-call' ? event.index : event.type))).toEqual([
      0,
      0,
      1,
      1,
      'finish',
    ]);
    expect(events[0]).toMatchObject({ id: 'a', name: 'f', arguments: '{' });
    expect(events[2]).toMatchObject({ id: 'b', name: 'g', arguments: '' });
  });

  it('makes up ids that are missing, holds arguments until the name, and reads objects', () => {
    const call = (called: object) => delta({ tool_calls: [{ index: 0, function: called }] });
    const events = translate([
      call({ arguments: '{"a"' }),
      call({ name: 'f', arguments: ':1}' }),
      delta({ tool_calls: [{ index: 1, function: { name: 'g', arguments: { b: 2 } } }] }),
      delta({ tool_calls: [{ index: 2, function: { name: 'h' } }] }),
      finish('tool_calls'),
    ]);

    expect(events.slice(0, 4)).toEqual([
      { type: 'tool-call', choice: 0, index: 0, id: 'made-1', name: 'f', arguments: '{"a":1}' },
      { type: 'tool-call', choice: 0, index: 1, id: 'made-2', name: 'g', arguments: '{"b":2}' },
      { type: 'tool-call', choice: 0, index: 2, id: 'made-3', name: 'h', arguments: '' },
      { type: 'tool-call', choice: 0, index: 2, arguments: '{}' },
    ]);
  });

  it.each([
    ['strings', { prompt_tokens: '19', completion_tokens: 10 }],
    ['negatives', { prompt_tokens: -1, completion_tokens: 10 }],
    ['fractions', { prompt_tokens: 1.5, completion_tokens: 10 }],
    ['half of it', { prompt_tokens: 19 }],
    ['a list', [19, 10]],
    ['null', null],
  ])('leaves usage out when it is malformed: %s', (_name, usage) => {
    const events = translate([delta({ content: 'a' }), finish('stop'), { choices: [], usage }]);

    expect(events.map(({ type }) => type)).toEqual(['content', 'finish']);
  });

  it('gives usage once and last, from a server that states it in every chunk', () => {
    const usage = (completion_tokens: number) => ({
      usage: { prompt_tokens: 5, completion_tokens },
    });
    const events = translate([
      { ...delta({ content: 'a' }), ...usage(1) },
      { ...finish('stop'), ...usage(2) },
    ]);

    expect(events.map(({ type }) => type)).toEqual(['content', 'finish', 'usage']);
    expect(events.at(-1)).toMatchObject({ usage: { prompt_tokens: 5, completion_tokens: 2 } });
  });

  it.each([
    ['{"error":{"message":"busy","code":429}}', 'provider_throttled'],
    ['{"error":{"message":"no","type":"invalid_request_error"}}', 'provider_rejected'],
    ['{"error":"boom"}', 'provider_unavailable'],
    ['{"object":"error","message":"boom","code":400}', 'provider_rejected'],
  ])('takes an error before the first word for what it is: %s', (data, code) => {
    expect(failureIn(translate([data])).code).toBe(code);
  });

  it('lets nothing undo an answer that is complete', () => {
    const events = translate([delta({ content: 'a' }), finish('stop'), '{"usage":', '[DONE]']);

    expect(events.map(({ type }) => type)).toEqual(['content', 'finish']);
  });

  it.each([
    ['message', '{"error":{"message":"out of memory"}}'],
    ['error', 'out of memory'],
    ['error', '{"message":"out of memory"}'],
  ])('takes an error after the first word for an interruption: event %s, %s', (event, data) => {
    const reader = translator();
    reader.push({ event: '', data: JSON.stringify(delta({ content: 'a' })) });

    const failure = failureIn([...reader.push({ event, data })]);

    expect([failure.code, failure.message]).toEqual([
      'stream_interrupted',
      'fake failed: out of memory',
    ]);
  });

  it('survives any chunk, and ends every stream in one way', () => {
    const chunk = fc.oneof(
      fc.json(),
      fc.string(),
      fc.record({
        choices: fc.anything(),
        usage: fc.anything(),
        error: fc.option(fc.anything()),
      }),
      fc.record({
        choices: fc.array(
          fc.record({
            index: fc.anything(),
            delta: fc.record({
              content: fc.anything(),
              tool_calls: fc.array(
                fc.record({ index: fc.anything(), id: fc.anything(), function: fc.anything() }),
              ),
            }),
            finish_reason: fc.anything(),
          }),
        ),
      }),
    );
    const safe = chunk.map((value) => {
      try {
        return typeof value === 'string' ? value : JSON.stringify(value);
      } catch {
        return 'null';
      }
    });
    fc.assert(
      fc.property(fc.array(safe), (chunks) => {
        const events = translate(chunks);
        const ends = events.filter(({ type }) => type === 'failure' || type === 'finish');

        expect(ends).toHaveLength(1);
      }),
    );
  });
});
