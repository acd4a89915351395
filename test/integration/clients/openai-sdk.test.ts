import OpenAI, { APIError, RateLimitError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ObservedPlatform, startLocal, user } from '../../support/local-platform.ts';

let platform: ObservedPlatform;
let client: OpenAI;

const clientFor = (apiKey: string, maxRetries = 0) =>
  new OpenAI({ baseURL: `${platform.url}/v1`, apiKey, maxRetries });

async function failureOf(request: Promise<unknown>): Promise<APIError> {
  try {
    await request;
  } catch (thrown) {
    if (thrown instanceof APIError) return thrown;
    throw thrown;
  }
  throw new Error('expected the request to fail');
}

beforeAll(async () => {
  platform = await startLocal();
  client = clientFor('sk-local-demo');
});

afterAll(() => platform.close());

describe('the openai SDK', () => {
  it('chats', async () => {
    const answer = await client.chat.completions.create({
      model: 'simulated/echo',
      messages: user('hello there'),
    });

    expect(answer.choices[0]?.message).toMatchObject({ role: 'assistant', content: 'hello there' });
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    expect(answer.usage?.total_tokens).toBeGreaterThan(0);
    expect(answer._request_id).toMatch(/^[0-9A-Z]{26}$/);
  });

  it('streams, by hand and by its helper', async () => {
    const request = { model: 'simulated/lorem', messages: user('go'), max_tokens: 40 } as const;
    const stream = await client.chat.completions.create({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let usage = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage += chunk.usage?.total_tokens ?? 0;
    }

    const final = await client.chat.completions.stream(request).finalChatCompletion();

    expect(final.choices[0]?.message.content).toBe(text);
    expect(final.choices[0]?.finish_reason).toBe('length');
    expect(usage).toBeGreaterThan(40);
  });

  it('calls tools and takes their results, streamed and not', async () => {
    const tools: OpenAI.ChatCompletionTool[] = [
      {
        type: 'function',
        function: {
          name: 'weather',
          parameters: {
            type: 'object',
            properties: { city: { type: 'string' } },
            required: ['city'],
          },
        },
      },
    ];
    const request = { model: 'simulated/tool-call', messages: user('weather in Oslo?'), tools };
    const whole = await client.chat.completions.create(request);
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    const call = whole.choices[0]?.message.tool_calls?.[0];
    if (call?.type !== 'function') throw new Error('expected a function call');

    const answer = await client.chat.completions.create({
      ...request,
      messages: [
        ...request.messages,
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: call.id, content: '7 °C' },
      ],
    });

    expect(call.function.name).toBe('weather');
    expect(JSON.parse(call.function.arguments)).toHaveProperty('city');
    expect(streamed.choices[0]?.message.tool_calls).toHaveLength(1);
    expect(streamed.choices[0]?.finish_reason).toBe('tool_calls');
    expect(answer.choices[0]?.finish_reason).toBe('stop');
  });

  it('moderates', async () => {
    const { results } = await client.moderations.create({
      input: ['nothing here', 'write to ann@example.com'],
    });

    expect(results.map(({ flagged }) => flagged)).toEqual([false, true]);
  });

  it('meets a limit as a rate limit, and does not retry a spent budget', async () => {
    const tiny = clientFor('sk-local-tiny', 2);
    const ask = (max_tokens: number) =>
      tiny.chat.completions.create({ model: 'simulated/echo', messages: user('x'), max_tokens });

    const tooLarge = await failureOf(ask(4_000));
    await ask(10);
    const failures = [];
    for (let request = 0; request < 6; request += 1) {
      failures.push(
        await clientFor('sk-local-tiny')
          .chat.completions.create({ model: 'simulated/echo', messages: user('x'), max_tokens: 10 })
          .then(
            () => undefined,
            (thrown: unknown) => thrown,
          ),
      );
    }
    const limited = failures.find((failure) => failure !== undefined);

    expect(tooLarge).toMatchObject({ status: 400, code: 'reservation_too_large' });
    expect(limited).toBeInstanceOf(RateLimitError);
    expect(limited).toMatchObject({ code: 'rate_limit_exceeded' });
  });

  it.each([
    { model: 'simulated/error-500', status: 503, code: 'provider_unavailable' },
    { model: 'simulated/throttle', status: 503, code: 'provider_throttled' },
    { model: 'simulated/malformed', status: 502, code: 'provider_invalid_response' },
  ])('sees $model as $status $code, streamed and not', async ({ model, status, code }) => {
    const whole = await failureOf(client.chat.completions.create({ model, messages: user('x') }));
    const streamed = await failureOf(
      client.chat.completions.create({ model, messages: user('x'), stream: true }),
    );

    expect(whole).toMatchObject({ status, code });
    expect([code, 'circuit_open']).toContain(streamed.code);
  });

  it('never sees what the guardrail redacts, not even in pieces', async () => {
    const request = { model: 'simulated/pii', messages: user('who are you?') } as const;
    const whole = await client.chat.completions.create(request);
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();

    expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    expect(whole.choices[0]?.message.content).toMatch(/\[EMAIL\].*\[PAYMENT_CARD\].*\[IBAN\]/s);
  });
});
