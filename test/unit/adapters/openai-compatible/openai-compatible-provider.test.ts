import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenAiCompatibleOptions } from '#adapters/openai-compatible/openai-compatible-options.ts';
import { OpenAiCompatibleProvider } from '#adapters/openai-compatible/openai-compatible-provider.ts';
import { aCall, contentOf, failureIn, failureOf, streamed } from '../../../support/chat-calls.ts';
import {
  DONE,
  finishFrame,
  openAiFixtures,
  refuses,
  saysFrame,
  startFakeOpenAi,
  streams,
} from '../../../support/fake-openai.ts';
import { answers, type FakeProvider, hangsUp } from '../../../support/fake-provider.ts';

const WHOLE = Buffer.from(saysFrame('Grüße 😀 world') + finishFrame() + DONE);

describe('OpenAiCompatibleProvider', () => {
  let fake: FakeProvider;
  let provider: OpenAiCompatibleProvider;

  const create = (options: Partial<OpenAiCompatibleOptions> = {}) =>
    new OpenAiCompatibleProvider({ name: 'fake', baseUrl: `${fake.url}/v1/`, ...options });

  beforeEach(async () => {
    fake = await startFakeOpenAi();
    provider = create();
  });

  afterEach(async () => {
    provider.close();
    await fake.close();
  });

  const sent = () => JSON.parse(fake.requests.at(-1)?.body ?? '{}');

  it('sends the target’s model, the cap under its old name, and developers as system', async () => {
    await provider.complete(
      aCall('gpt', {
        messages: [
          { role: 'developer', content: 'Be brief.' },
          { role: 'user', content: 'Hello' },
        ],
        max_tokens: 7,
        max_completion_tokens: 5,
        temperature: 0,
        stream: true,
        stream_options: { include_usage: false },
      }),
    );

    expect(fake.requests[0]?.path).toBe('/v1/chat/completions');
    expect(sent()).toEqual({
      model: 'gpt',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
      max_tokens: 5,
      temperature: 0,
      stream: false,
    });
  });

  it('always asks a stream for its usage', async () => {
    await streamed(provider, aCall('gpt', { stream_options: { include_usage: false } }));

    expect(sent()).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it('sends the cap under the name the server wants', async () => {
    provider = create({ outputCapField: 'max_completion_tokens' });
    await provider.complete(aCall('gpt', { max_completion_tokens: 5 }));

    expect(sent()).toMatchObject({ max_completion_tokens: 5 });
    expect(sent()).not.toHaveProperty('max_tokens');
  });

  it('sends these headers and no others', async () => {
    provider = create({ apiKey: () => Promise.resolve('sk-secret\n') });
    await provider.complete(aCall('gpt'));

    expect(fake.requests[0]?.headers).toEqual({
      accept: 'application/json',
      'accept-encoding': 'identity',
      authorization: 'Bearer sk-secret',
      connection: 'keep-alive',
      'content-length': String(Buffer.byteLength(fake.requests[0]?.body ?? '')),
      'content-type': 'application/json',
      host: new URL(fake.url).host,
      'user-agent': 'ballast',
    });
  });

  it('keeps one connection for answers, streams and refusals', async () => {
    await provider.complete(aCall('gpt'));
    fake.behave(streams([WHOLE, ...Array.from({ length: 40 }, () => `:${' '.repeat(9_000)}\n\n`)]));
    await streamed(provider, aCall('gpt'));
    // The rest of a stream is drained behind the reader's back.
    await new Promise((resolve) => setTimeout(resolve, 50));
    fake.behave(refuses(400, { message: 'no' }));
    await provider.complete(aCall('gpt'));
    await streamed(provider, aCall('gpt'));

    expect([fake.requests.length, fake.connections]).toEqual([4, 1]);
  });

  it('ends a stream at [DONE], although the server keeps the answer open', async () => {
    fake.behave(streams([WHOLE], 'silence'));
    const events = await streamed(provider, aCall('gpt'));

    expect(contentOf(events)).toBe('Grüße 😀 world');
    await fake.requests[0]?.dropped;
  });

  it('names parameters the wiring says the server ignores', () => {
    provider = create({ unsupportedParameters: ['logit_bias', 'n'] });

    expect(provider.unsupportedParameter({ ...aCall('gpt').request, n: 2 })).toBe('n');
    expect(provider.unsupportedParameter(aCall('gpt').request)).toBeUndefined();
  });

  it('follows no redirect', async () => {
    fake.behave(answers('', 307, { location: `${fake.url}/elsewhere` }));
    const failure = await failureOf(provider, aCall('gpt'));

    expect([failure.code, fake.requests.length]).toEqual(['provider_unavailable', 1]);
  });

  it('tries once, even when the connection breaks', async () => {
    fake.behave(hangsUp());
    const failure = await failureOf(provider, aCall('gpt'));

    expect([failure.code, fake.requests.length]).toEqual(['provider_unavailable', 1]);
  });

  it.each([
    [408, 'provider_unavailable'],
    [409, 'provider_rejected'],
    [413, 'provider_rejected'],
    [422, 'provider_rejected'],
    [429, 'provider_throttled'],
    [402, 'provider_unavailable'],
    [403, 'provider_unavailable'],
    [404, 'provider_unavailable'],
    [500, 'provider_unavailable'],
    [503, 'provider_unavailable'],
    [529, 'provider_unavailable'],
  ])('takes status %i for %s', async (status, code) => {
    fake.behave(refuses(status, { message: 'no' }));

    expect((await failureOf(provider, aCall('gpt'))).code).toBe(code);
  });

  it.each([
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [
      { date: 'Mon, 23 Nov 2026 09:00:00 GMT', 'retry-after': 'Mon, 23 Nov 2026 09:00:07 GMT' },
      7000,
    ],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('reads the wait from %j', async (headers, waitMs) => {
    fake.behave(refuses(429, { message: 'no' }, headers));

    expect((await failureOf(provider, aCall('gpt'))).retryAfterMs).toBe(waitMs);
  });

  it.each([
    ['{"error":{"message":"Unknown field"}}', 'fake refused the request: Unknown field'],
    ['{"error":"Unknown field"}', 'fake refused the request: Unknown field'],
    ['{"detail":"Unknown field"}', 'fake refused the request: Unknown field'],
    ['Unknown field', 'fake refused the request: Unknown field'],
    ['{"error":{"message":"key sk-of-ours"}}', 'fake refused the request: status 400'],
    ['', 'fake refused the request: status 400'],
  ])('says why a request was refused with %s', async (body, message) => {
    provider = create({ apiKey: () => Promise.resolve('sk-of-ours') });
    fake.behave(answers(body, 400));

    expect((await failureOf(provider, aCall('gpt'))).message).toBe(message);
  });

  it('calls nobody when its key cannot be read or sent', async () => {
    for (const apiKey of [() => Promise.reject(new Error('sk-x')), async () => 'sk-\u0000-x']) {
      provider = create({ apiKey });
      const failure = await failureOf(provider, aCall('gpt'));

      expect(failure.code).toBe('provider_unavailable');
      expect(failure.message).not.toContain('sk-');
    }
    expect(fake.requests).toEqual([]);
  });

  it.each([
    ['an empty object', '{}'],
    ['no choices', '{"choices":[]}'],
    ['no finish reason', '{"choices":[{"message":{"content":"a"}}]}'],
    ['nothing', ''],
    ['no JSON', 'Hello, world.'],
    ['a list', '[1]'],
  ])('takes a whole answer of %s for an invalid one', async (_name, body) => {
    fake.behave(answers(body));

    expect((await failureOf(provider, aCall('gpt'))).code).toBe('provider_invalid_response');
  });

  it('takes an answer for an invalid one when it is too long or compressed', async () => {
    fake.behave(
      answers(openAiFixtures.answer + ' '.repeat(33 * 1024 * 1024)),
      (_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end(gzipSync(openAiFixtures.answer));
      },
    );

    for (let turn = 0; turn < 2; turn += 1) {
      expect((await failureOf(provider, aCall('gpt'))).code).toBe('provider_invalid_response');
    }
  });

  it.each([
    ['an error page', 'text/html', openAiFixtures.errorPage],
    ['an error page as events', 'text/event-stream', openAiFixtures.errorPage],
    ['nothing', 'text/event-stream', ''],
    ['no JSON', 'text/event-stream', 'data: {"choices":\n\n'],
  ])('takes a stream of %s for an invalid answer', async (_name, type, body) => {
    fake.behave(streams(body === '' ? [] : [body], 'end', type));

    expect(failureIn(await streamed(provider, aCall('gpt'))).code).toBe(
      'provider_invalid_response',
    );
  });

  it('streams what a server that cannot stream answers whole', async () => {
    fake.behave(answers(openAiFixtures.answer));
    const events = await streamed(provider, aCall('gpt'));

    expect(events.map(({ type }) => type)).toEqual(['content', 'finish', 'usage']);
  });

  it('reads a stream under a wrong content type, without usage', async () => {
    fake.behave(streams([WHOLE], 'end', 'application/octet-stream'));
    const events = await streamed(provider, aCall('gpt'));

    expect(events.map(({ type }) => type)).toEqual(['content', 'finish']);
  });

  it('reads CRLF frames cut within characters and line breaks', async () => {
    const bytes = Buffer.from(WHOLE.toString('utf8').replaceAll('\n', '\r\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 6 }), async (places) => {
        const ends = [...places, bytes.length].sort((left, right) => left - right);
        const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        fake.behave(streams(pieces.filter((piece) => piece.length > 0)));

        expect(contentOf(await streamed(provider, aCall('gpt')))).toBe('Grüße 😀 world');
      }),
      { numRuns: 40 },
    );
  });

  it('takes a truncated character for a truncated stream', async () => {
    const half = Buffer.from(saysFrame('Hello') + saysFrame('😀'));
    fake.behave(streams([half.subarray(0, half.indexOf('😀') + 2)]));
    const events = await streamed(provider, aCall('gpt'));

    expect([contentOf(events), failureIn(events).code]).toEqual(['Hello', 'stream_truncated']);
  });

  it('tells a reset before the first word from one after it', async () => {
    fake.behave(streams([':'], 'reset'), streams([saysFrame('Hello')], 'reset'));
    const before = failureIn(await streamed(provider, aCall('gpt')));
    const after = failureIn(await streamed(provider, aCall('gpt')));

    expect([before.code, after.code]).toEqual(['provider_unavailable', 'stream_interrupted']);
  });

  it('refuses a base URL that is not http', () => {
    expect(() => create({ baseUrl: 'file:///etc' })).toThrow(
      "base URL must be http or https, got 'file:'",
    );
  });
});
