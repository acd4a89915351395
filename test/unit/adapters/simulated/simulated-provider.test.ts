import { describe, expect, it } from 'vitest';
import { SimulatedProvider, simulatedModels } from '#adapters/simulated/simulated-provider.ts';
import { isContent } from '#core/chat/chat-event.ts';
import type { ChatRequest } from '#core/chat/chat-request.ts';
import { Cancellation } from '#core/time/cancellation.ts';
import {
  aCall,
  contentOf,
  failureIn,
  failureOf,
  streamed,
  WEATHER_TOOL,
} from '../../../support/chat-calls.ts';
import { settle, TestClock } from '../../../support/test-clock.ts';

const provider = new SimulatedProvider({ clock: { sleep: () => Promise.resolve() } });

async function answerOf(model: string, changes: Partial<ChatRequest> = {}) {
  const outcome = await provider.complete(aCall(model, changes));
  if (!outcome.ok) throw outcome.failure;
  return outcome.value;
}

const user = (content: string) => ({ messages: [{ role: 'user', content }] }) as const;

describe('SimulatedProvider', () => {
  it('has the models the design names', () => {
    expect(simulatedModels).toEqual([
      'echo',
      'lorem',
      'slow',
      'error-500',
      'throttle',
      'timeout',
      'truncate',
      'malformed',
      'tool-call',
      'pii',
      'stream-error',
    ]);
  });

  it('echoes the last words of the user, with the same usage every time', async () => {
    const messages = [
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'yes' },
      { role: 'user', content: 'Grüße an alle 😀' },
    ] as const;
    const [one, two] = [await answerOf('echo', { messages }), await answerOf('echo', { messages })];

    expect(one.choices[0]?.message.content).toBe('Grüße an alle 😀');
    expect(one).toEqual(two);
    expect(one.usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 4 });
  });

  it('cuts an echo at the cap and at a stop sequence', async () => {
    const capped = await answerOf('echo', {
      ...user('one two three four'),
      max_completion_tokens: 2,
    });
    const stopped = await answerOf('echo', {
      ...user('one two three four'),
      stop: ['xyz', ' three'],
    });

    expect([capped.choices[0]?.message.content, capped.choices[0]?.finish_reason]).toEqual([
      'one two',
      'length',
    ]);
    expect([stopped.choices[0]?.message.content, stopped.choices[0]?.finish_reason]).toEqual([
      'one two',
      'stop',
    ]);
  });

  it('talks lorem up to its cap, to the token', async () => {
    const { choices, usage } = await answerOf('lorem', { max_completion_tokens: 500 });

    expect(choices[0]?.finish_reason).toBe('length');
    expect(usage?.completion_tokens).toBe(500);
  });

  it('stops lorem at a stop sequence', async () => {
    const { choices } = await answerOf('lorem', { stop: ' dolor' });

    expect(choices[0]).toMatchObject({
      message: { content: 'Lorem ipsum' },
      finish_reason: 'stop',
    });
  });

  it('answers in JSON where JSON is asked for', async () => {
    const schema = {
      type: 'object',
      properties: {
        city: { type: 'string' },
        kind: { enum: ['rain', 'sun'] },
        days: { type: 'array', items: { type: 'integer', minimum: 3 } },
        wet: { type: ['boolean', 'null'] },
      },
    };
    const { choices } = await answerOf('echo', {
      response_format: { type: 'json_schema', json_schema: { name: 'w', schema } },
    });

    expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({
      city: 'simulated',
      kind: 'rain',
      days: [3],
      wet: true,
    });
  });

  it('calls the chosen tool, else the first, and answers once it has its result', async () => {
    const other = { type: 'function', function: { name: 'other' } } as const;
    const tools = [WEATHER_TOOL, other];
    const called = async (changes: Partial<ChatRequest>) =>
      (await answerOf('tool-call', { tools, ...changes })).choices[0]?.message;

    expect((await called({}))?.tool_calls?.[0]?.function).toEqual({
      name: 'get_weather',
      arguments: '{"city":"Ulm"}',
    });
    expect((await called({ tool_choice: other }))?.tool_calls?.[0]?.function.name).toBe('other');
    expect((await called({ tool_choice: 'none' }))?.content).toBe('There is no tool to call.');
    expect(
      (await called({ messages: [{ role: 'tool', tool_call_id: 'a', content: 'Rain' }] }))?.content,
    ).toBe('The tool answered: Rain');
  });

  it('cuts e-mail, card and IBAN over the pieces of a stream', async () => {
    const events = await streamed(provider, aCall('pii'));
    const secrets = ['jane.doe@example.com', '4111 1111 1111 1111', 'DE89 3704 0044 0532 0130 00'];

    for (const secret of secrets) {
      expect(contentOf(events)).toContain(secret);
      expect(events.filter(isContent).some((event) => JSON.stringify(event).includes(secret))).toBe(
        false,
      );
    }
  });

  it('breaks off in the middle when streaming, and has no answer otherwise', async () => {
    for (const [model, code] of [
      ['truncate', 'stream_truncated'],
      ['stream-error', 'stream_interrupted'],
    ] as const) {
      const events = await streamed(provider, aCall(model));

      expect([contentOf(events) === '', failureIn(events).code]).toEqual([false, code]);
      expect((await failureOf(provider, aCall(model))).code).toBe('provider_invalid_response');
    }
  });

  it('says which models it has when asked for another', async () => {
    expect((await failureOf(provider, aCall('gpt'))).message).toMatch(/'gpt' but echo, lorem/);
  });

  it('streams in the time of its clock', async () => {
    const clock = new TestClock();
    const paced = new SimulatedProvider({ clock, chunkMs: 10 });
    let pieces = 0;
    const reading = (async () => {
      for await (const event of paced.stream(aCall('echo', user('one two three')))) {
        if (isContent(event)) pieces += 1;
      }
    })();

    await clock.advance(20);
    expect(pieces).toBe(2);

    await clock.advance(10);
    await reading;
    expect(pieces).toBe(3);
  });

  it('is slow as long as it is told, or until it is cancelled', async () => {
    const clock = new TestClock();
    const slow = new SimulatedProvider({ clock, slowMs: 500 });
    let answered = 0;
    const count = () => {
      answered += 1;
    };
    const cancellation = new Cancellation();
    void slow.complete(aCall('slow')).then(count);
    const cancelled = slow.complete(aCall('slow', {}, cancellation));

    await clock.advance(499);
    expect(answered).toBe(0);
    cancellation.cancel();
    expect(await cancelled).toMatchObject({ ok: false });
    await clock.advance(1);
    expect(answered).toBe(1);
  });

  it('never answers from timeout until it is cancelled', async () => {
    const cancellation = new Cancellation();
    let ended = false;
    const answer = provider.complete(aCall('timeout', {}, cancellation)).finally(() => {
      ended = true;
    });
    await settle();
    expect(ended).toBe(false);

    cancellation.cancel();

    expect(await answer).toMatchObject({ ok: false, failure: { code: 'client_disconnected' } });
  });
});
