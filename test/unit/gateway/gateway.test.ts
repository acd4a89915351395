import { describe, expect, it } from 'vitest';
import { aGateway, ask, chat, framesOf } from '../../support/gateway.ts';
import { aCaller, aPlatform } from '../../support/inference.ts';
import { bills, fails, finishes, ScriptedProvider, says } from '../../support/scripted-provider.ts';

const answering = () => new ScriptedProvider([says('he'), says('llo'), finishes, bills]);

function platform(provider = answering(), route = {}) {
  const setting = aPlatform({ providers: { a: provider }, route });
  return { ...setting, gateway: aGateway(setting.ports) };
}

describe('POST /v1/chat/completions', () => {
  it('answers in the shape of the OpenAI API, with explicit nulls', async () => {
    const { gateway, audit } = platform();

    const answer = await ask(gateway, { body: chat('hi') });

    const id = answer.headers['x-request-id'];
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({
      id: `chatcmpl-${id}`,
      object: 'chat.completion',
      created: 1_764_000_000,
      model: 'a/m',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'hello', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 7,
        completion_tokens: 5,
        total_tokens: 12,
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
        usage_source: 'provider',
      },
      system_fingerprint: null,
    });
    expect(audit.completions[0]?.id).toBe(id);
  });

  it('streams whole frames: role first, finish, [DONE]; no usage unless asked', async () => {
    const { gateway } = platform();

    const answer = await ask(gateway, { body: chat('hi', { stream: true }) });
    const frames = framesOf(answer.body);
    const chunks = frames.slice(0, -1).map((frame) => JSON.parse(frame));

    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(frames.at(-1)).toBe('[DONE]');
    expect(chunks.map((chunk) => chunk.choices[0].delta)).toEqual([
      { role: 'assistant', content: 'he' },
      { content: 'llo' },
      {},
    ]);
    expect(chunks.at(-1).choices[0].finish_reason).toBe('stop');
    expect(new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`)).size).toBe(
      1,
    );
    expect(answer.body).not.toContain('usage');
  });

  it('sends usage last when asked, and null before', async () => {
    const { gateway } = platform();
    const body = chat('hi', { stream: true, stream_options: { include_usage: true } });

    const frames = framesOf((await ask(gateway, { body })).body);
    const chunks = frames.slice(0, -1).map((frame) => JSON.parse(frame));

    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 12 } });
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
  });

  it('numbers tool calls, and names them in their first fragment only', async () => {
    const call = { type: 'tool-call', choice: 0, index: 0 } as const;
    const provider = new ScriptedProvider([
      { ...call, id: 'call_1', name: 'weather', arguments: '' },
      { ...call, arguments: '{"city":' },
      { ...call, arguments: '"Oslo"}' },
      { type: 'finish', choice: 0, reason: 'tool_calls' },
    ]);
    const { gateway } = platform(provider);

    const frames = framesOf((await ask(gateway, { body: chat('hi', { stream: true }) })).body);

    expect(frames.slice(0, 3).map((frame) => JSON.parse(frame).choices[0].delta)).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            index: 0,
            id: 'call_1',
            type: 'function',
            function: { name: 'weather', arguments: '' },
          },
        ],
      },
      { tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '"Oslo"}' } }] },
    ]);
  });

  it('puts a failure after the first byte into the stream, and no [DONE] after it', async () => {
    const { gateway } = platform(new ScriptedProvider([says('x'), fails('stream_interrupted')]));

    const answer = await ask(gateway, { body: chat('hi', { stream: true }) });
    const frames = framesOf(answer.body);

    expect(answer.status).toBe(200);
    expect(JSON.parse(frames.at(-1) ?? '')).toEqual({
      error: {
        message: 'scripted stream_interrupted',
        type: 'server_error',
        param: null,
        code: 'stream_interrupted',
      },
    });
    expect(frames).not.toContain('[DONE]');
  });

  it('F05 pings while the model thinks', async () => {
    const { gateway, clock } = platform(new ScriptedProvider([says('x'), 'hang']), {
      idleTimeoutMs: 50_000,
    });

    const asking = ask(gateway, { body: chat('hi', { stream: true }) });
    await clock.advance(50_000);

    expect((await asking).writes.filter((text) => text === ': ping\n\n')).toHaveLength(3);
  });

  it('tells how the rates stand, in the words of the OpenAI API', async () => {
    const setting = aPlatform({ providers: { a: answering() } });
    const nowMs = setting.clock.nowMs();
    const reserve = setting.quotas.reserve.bind(setting.quotas);
    setting.quotas.reserve = async (request) => ({
      ...(await reserve(request)),
      standing: {
        requests: { limit: 5, remaining: 4, resetsAtMs: nowMs + 17 },
        tokens: { limit: 2_000, remaining: -3, resetsAtMs: nowMs + 360_000 },
      },
    });

    const answer = await ask(aGateway(setting.ports), { body: chat('hi') });

    expect(answer.headers).toMatchObject({
      'x-ratelimit-limit-requests': '5',
      'x-ratelimit-remaining-requests': '4',
      'x-ratelimit-reset-requests': '17ms',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6m0s',
    });
  });

  it.each([
    { name: 'malformed JSON', body: '{"model":', status: 400, code: 'invalid_json' },
    {
      name: 'an unknown parameter',
      body: chat('x', { nope: 1 }),
      status: 400,
      code: 'unsupported_parameter',
    },
    {
      name: 'an unknown model',
      body: { ...chat('x'), model: 'y' },
      status: 404,
      code: 'model_not_found',
    },
  ])('refuses $name with $code and keeps a record', async ({ body, status, code }) => {
    const { gateway, audit } = platform();

    const answer = await ask(gateway, { body });

    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).error).toMatchObject({ code, type: expect.any(String) });
    expect(answer.headers).toMatchObject({ 'x-should-retry': 'false' });
    expect(audit.completions).toMatchObject([{ outcome: 'refused', failure: code }]);
  });

  it('refuses a credential without the scope, and a request without a credential', async () => {
    const { gateway } = platform();

    const scopeless = await ask(gateway, { body: chat('x'), caller: aCaller({ scopes: [] }) });
    const nobody = await ask(gateway, { body: chat('x'), caller: undefined });

    expect([scopeless.status, nobody.status]).toEqual([403, 401]);
  });

  it('names a bug internal_error and says nothing of its inside', async () => {
    const setting = aPlatform({ providers: { a: answering() } });
    const gateway = aGateway({
      ...setting.ports,
      routes: {
        route: () => {
          throw new Error('password=hunter2');
        },
        all: () => [],
      },
    });

    const answer = await ask(gateway, { body: chat('x') });

    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('hunter2');
  });

  it('lets browsers of allowed origins read the headers, and no others', async () => {
    const { gateway } = platform();
    const from = (origin: string) => ask(gateway, { body: chat('x'), headers: { origin } });

    const [allowed, other] = [
      await from('https://app.example'),
      await from('https://evil.example'),
    ];

    expect(allowed.headers['access-control-allow-origin']).toBe('https://app.example');
    expect(allowed.headers['access-control-expose-headers']).toContain('x-request-id');
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('GET /v1/models', () => {
  it('lists what is offered, finds one by its name, and knows no other', async () => {
    const { gateway } = platform();
    const get = (path: string, caller = aCaller()) => ask(gateway, { method: 'GET', path, caller });

    const list = await get('/v1/models');
    const one = await get('/v1/models/chat');
    const none = await get('/v1/models/nope%2Fnope');
    const hidden = await get('/v1/models/chat', aCaller({ routes: [] }));

    expect(JSON.parse(list.body)).toMatchObject({ object: 'list', data: [{ id: 'chat' }] });
    expect(JSON.parse(one.body)).toMatchObject({ id: 'chat', object: 'model' });
    expect([none.status, hidden.status]).toEqual([404, 404]);
    expect(hidden.body.replace('chat', '')).toBe(none.body.replace('nope/nope', ''));
  });
});
