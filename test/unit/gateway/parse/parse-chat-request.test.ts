import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChatRequest } from '../../../../lambdas/gateway/parse/parse-chat-request.ts';

const PNG = 'data:image/png;base64,iVBORw0KGgo=';
const messages = [{ role: 'user', content: 'hi' }];
const parse = (body: unknown, headers: Record<string, string> = {}) =>
  parseChatRequest(typeof body === 'string' ? body : JSON.stringify(body), headers);
const parseWith = (rest: object) => parse({ model: 'm', messages, ...rest });

function failureOf(outcome: ReturnType<typeof parse>) {
  if (outcome.ok) throw new Error('expected a refusal');
  const { code, message, param } = outcome.failure;
  return { code, message, param };
}

describe('parseChatRequest', () => {
  it('takes all that the OpenAI API offers and we do', () => {
    const body = {
      model: 'm',
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'be kind' }] },
        { role: 'developer', content: 'briefly', name: 'dev' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'look' },
            { type: 'image_url', image_url: { url: PNG, detail: 'low' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{bad' } }],
        },
        { role: 'tool', content: 'done', tool_call_id: 'c' },
      ],
      stream: true,
      stream_options: { include_usage: true },
      max_completion_tokens: 10,
      max_tokens: 20,
      temperature: 0.5,
      top_p: 1,
      n: 2,
      stop: ['a', 'b'],
      seed: -1,
      presence_penalty: -2,
      frequency_penalty: 2,
      logit_bias: { '50256': -100 },
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
      tool_choice: { type: 'function', function: { name: 'f' } },
      parallel_tool_calls: false,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 's', schema: {}, strict: true },
      },
      reasoning_effort: 'low',
      user: 'u',
      metadata: { k: 'v' },
    };

    expect(parse(body)).toEqual({ ok: true, value: body });
  });

  it('leaves out nulls and defaults that say what happens anyway', () => {
    const outcome = parseWith({
      n: null,
      temperature: null,
      logprobs: false,
      store: false,
      service_tier: 'auto',
      modalities: ['text'],
    });

    expect(outcome).toEqual({ ok: true, value: { model: 'm', messages } });
  });

  it.each([
    ['logprobs', true],
    ['store', true],
    ['functions', []],
    ['audio', {}],
    ['best_of', 3],
    ['__proto__x', 1],
  ])('refuses %s by name instead of dropping it', (param, value) => {
    expect(failureOf(parseWith({ [param]: value }))).toMatchObject({
      code: 'unsupported_parameter',
      param,
    });
  });

  it.each([
    [{ n: 0 }, 'n: expected a number >=1, got 0'],
    [{ n: 128 }, 'n: expected a number <=8, got 128'],
    [{ max_tokens: 1e9 }, 'max_tokens: expected a number <=1000000, got 1000000000'],
    [{ max_tokens: -1 }, 'max_tokens: expected a number >=1, got -1'],
    [{ max_tokens: 1.5 }, 'max_tokens: expected a whole number, got 1.5'],
    [{ temperature: 3 }, 'temperature: expected a number <=2, got 3'],
    [{ temperature: '1' }, 'temperature: expected number, got a string of 1 characters'],
    [{ stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop: expected a length <=4, got an array of 5'],
    [{ tools: Array(129).fill({}) }, 'tools[0].type is missing'],
    [{ messages: [] }, 'messages: expected a length >=1, got an array of 0'],
    [{ messages: 'hi' }, 'messages: expected Array, got a string of 2 characters'],
    [{ model: undefined }, 'model is missing'],
    [{ reasoning_effort: 'vast' }, /^reasoning_effort: expected .*, got 'vast'$/],
    [
      { messages: [{ role: 'user', content: [{ type: 'text', text: 5 }] }] },
      'messages[0].content[0].text: expected string, got 5',
    ],
    [{ messages: [{ role: 'robot', content: '' }] }, /^messages\[0\]\.role: expected .*'robot'$/],
    [
      { messages: [{ role: 'user', content: 'x', extra: 1 }] },
      "'messages[0].extra' is not supported: this API does not know it; leave it out",
    ],
  ])('says what is wrong with %j', (rest, message) => {
    const failure = failureOf(parseWith(rest));

    expect(failure.code).toBe('invalid_value');
    expect(failure.message).toMatch(
      message instanceof RegExp ? message : new RegExp(`^${quoted(message)}$`),
    );
  });

  it.each([
    'https://example.com/a.png',
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[fd00:ec2::254]/',
    'http://2852039166/',
    'file:///etc/passwd',
    'gopher://x',
    'data:text/html;base64,PGI+',
    'data:image/png;base64,not base64!',
    'data:image/svg+xml;base64,PHN2Zz4=',
    `data:image/png;base64,${'A'.repeat(1_000_000)}!`,
  ])('never takes a picture from %s', (url) => {
    const content = [{ type: 'image_url', image_url: { url } }];

    expect(failureOf(parseWith({ messages: [{ role: 'user', content }] }))).toMatchObject({
      code: 'unsupported_media_source',
      param: 'messages[0].content[0].image_url.url',
    });
  });

  it('does not repeat what may be part of a prompt', () => {
    const secret = 'my password is hunter2';

    const failures = [
      parse(`{"messages":"${secret}"`),
      parseWith({ messages: [{ role: 'user', content: { text: secret } }] }),
      parseWith({ user: { secret } }),
      parseWith({ temperature: secret }),
    ].map(failureOf);

    expect(JSON.stringify(failures)).not.toContain('hunter2');
  });

  it.each([
    ['', 'invalid_json'],
    ['null', 'invalid_json'],
    ['[]', 'invalid_json'],
    ['"x"', 'invalid_json'],
    ['{"model":"m",}', 'invalid_json'],
    ['{"a":NaN}', 'invalid_json'],
    [`${'['.repeat(100_000)}`, 'invalid_json'],
    [`{"model":"m","messages":[{"role":"user","content":"\\ud800"}]}`, 'invalid_value'],
    [`{"x":"${'a'.repeat(4_000_001)}"}`, 'request_too_large'],
  ])('refuses the body %.40s with %s', (body, code) => {
    expect(failureOf(parse(body)).code).toBe(code);
  });

  it('refuses encodings and types it would misread', () => {
    expect(failureOf(parse('{}', { 'content-encoding': 'gzip' })).code).toBe('invalid_json');
    expect(failureOf(parse('{}', { 'content-type': 'text/plain' })).code).toBe('invalid_json');
    expect(
      parse({ model: 'm', messages }, { 'content-type': 'application/json; charset=utf-8' }).ok,
    ).toBe(true);
  });

  it('is not fooled by brackets inside strings, nor by __proto__', () => {
    const deep = parseWith({ user: '['.repeat(200) });
    const body = `{"model":"m","messages":${JSON.stringify(messages)},"__proto__":{"polluted":1}}`;

    expect(deep.ok).toBe(true);
    expect(failureOf(parse(body))).toMatchObject({
      code: 'unsupported_parameter',
      param: '__proto__',
    });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('keeps whole emoji and other pairs', () => {
    const body = `{"model":"m","messages":[{"role":"user","content":"\\ud83d\\ude00"}]}`;

    expect(parse(body)).toMatchObject({ ok: true, value: { messages: [{ content: '😀' }] } });
  });

  it('never throws, whatever comes', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify({ model: 'm', messages: value })),
    );
    fc.assert(
      fc.property(anything, (body) => {
        expect(typeof parseChatRequest(body, {}).ok).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });
});

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
