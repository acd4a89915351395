import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BedrockProvider } from '#adapters/bedrock/bedrock-provider.ts';
import { createBedrockClient } from '#adapters/bedrock/create-bedrock-client.ts';
import { aCall, contentOf, failureIn, failureOf, streamed } from '../../../support/chat-calls.ts';
import {
  type BedrockEvent,
  bedrockFixtures,
  encodeEvent,
  startFakeBedrock,
  streamsBytes,
  streamsEvents,
  throwsException,
} from '../../../support/fake-bedrock.ts';
import { answers, type FakeProvider } from '../../../support/fake-provider.ts';

const MODEL = 'anthropic.claude-sonnet-4-5-20250929-v1:0';

const exception = (type: string, message = 'no particular reason'): BedrockEvent => ({
  type,
  body: { message },
  exception: true,
});

describe('BedrockProvider', () => {
  let fake: FakeProvider;
  let provider: BedrockProvider;

  beforeEach(async () => {
    fake = await startFakeBedrock();
    provider = new BedrockProvider(async () =>
      createBedrockClient({
        endpoint: fake.url,
        region: 'eu-central-1',
        credentials: { accessKeyId: 'AKIAFAKE', secretAccessKey: 'fake' },
      }),
    );
  });

  afterEach(() => fake.close());

  it('calls Converse with the model in the path and the cap in the body', async () => {
    await provider.complete(aCall(MODEL, { max_completion_tokens: 7 }));

    expect(fake.requests[0]?.path).toBe(`/model/${MODEL}/converse`);
    expect(JSON.parse(fake.requests[0]?.body ?? '')).toEqual({
      messages: [{ role: 'user', content: [{ text: 'Greet the world, please.' }] }],
      inferenceConfig: { maxTokens: 7 },
    });
  });

  it('sends the bytes of pictures', async () => {
    const url = 'data:image/png;base64,AQID';
    await provider.complete(
      aCall(MODEL, {
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
      }),
    );

    expect(JSON.parse(fake.requests[0]?.body ?? '').messages[0].content).toEqual([
      { image: { format: 'png', source: { bytes: 'AQID' } } },
    ]);
  });

  it('calls once for each choice, and sums their usage', async () => {
    const outcome = await provider.complete(aCall(MODEL, { n: 3 }));

    if (!outcome.ok) throw outcome.failure;
    expect(fake.requests).toHaveLength(3);
    expect(outcome.value.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(outcome.value.usage).toMatchObject({ prompt_tokens: 57, completion_tokens: 30 });
    // So the reservation counts the prompt once for each.
    expect(provider.billsPromptPerChoice).toBe(true);
  });

  it('lets go of the other choices when one fails', async () => {
    fake.behave(streamsEvents(bedrockFixtures.answerEvents.slice(0, 2), 'silence'));
    fake.behave(throwsException('ThrottlingException', 429));
    const events = await streamed(provider, aCall(MODEL, { n: 2 }));

    expect(events.filter(({ type }) => type === 'failure')).toHaveLength(1);
    await fake.requests[0]?.dropped;
  });

  it.each([
    ['ThrottlingException', 429, 'provider_throttled'],
    ['ServiceQuotaExceededException', 400, 'provider_throttled'],
    ['ModelNotReadyException', 429, 'provider_unavailable'],
    ['ModelTimeoutException', 408, 'provider_timeout'],
    ['ModelErrorException', 424, 'provider_unavailable'],
    ['ValidationException', 400, 'provider_rejected'],
    ['AccessDeniedException', 403, 'provider_unavailable'],
    ['UnrecognizedClientException', 403, 'provider_unavailable'],
    ['ResourceNotFoundException', 404, 'provider_unavailable'],
    ['InternalServerException', 500, 'provider_unavailable'],
    ['ServiceUnavailableException', 503, 'provider_unavailable'],
    ['AnExceptionOfNextYear', 429, 'provider_throttled'],
    ['AnExceptionOfNextYear', 418, 'provider_rejected'],
  ])('takes %s (%i) for %s, and tries once', async (name, status, code) => {
    fake.behave(throwsException(name, status));

    expect((await failureOf(provider, aCall(MODEL))).code).toBe(code);
    expect(fake.requests).toHaveLength(1);
  });

  it.each([
    ['Input is too long for requested model.', 'context_length_exceeded'],
    ['prompt is too long: 200001 tokens > 200000 maximum', 'context_length_exceeded'],
    ['input length and `max_tokens` exceed context limit: 9 + 9 > 8', 'context_length_exceeded'],
    ['The provided model identifier is invalid.', 'provider_unavailable'],
    ["Invocation of model ID x with on-demand throughput isn't supported.", 'provider_unavailable'],
    ['temperature: range: 0..1', 'provider_rejected'],
  ])('tells what a validation error means: %s', async (message, code) => {
    fake.behave(throwsException('ValidationException', 400, message));

    expect((await failureOf(provider, aCall(MODEL))).code).toBe(code);
  });

  it.each([
    ['throttlingException', 'provider_throttled'],
    ['validationException', 'provider_rejected'],
    ['modelStreamErrorException', 'provider_unavailable'],
    ['internalServerException', 'provider_unavailable'],
    ['serviceUnavailableException', 'provider_unavailable'],
  ])('takes %s as the first event for %s, later for an interruption', async (type, code) => {
    fake.behave(
      streamsEvents([exception(type)]),
      streamsEvents([...bedrockFixtures.answerEvents.slice(0, 2), exception(type)]),
    );
    const first = failureIn(await streamed(provider, aCall(MODEL)));
    const later = failureIn(await streamed(provider, aCall(MODEL)));

    expect([first.code, later.code]).toEqual([code, 'stream_interrupted']);
  });

  it('takes a malformed event for an interruption, or for no answer', async () => {
    const [start, hello] = bedrockFixtures.answerEvents.map(encodeEvent);
    const broken = encodeEvent({ type: 'contentBlockDelta', body: {} }).map((byte, index) =>
      index === 20 ? byte ^ 255 : byte,
    );
    fake.behave(
      streamsBytes([start ?? broken, hello ?? broken, broken]),
      streamsBytes([start ?? broken, broken]),
    );
    const later = await streamed(provider, aCall(MODEL));
    const first = await streamed(provider, aCall(MODEL));

    expect([contentOf(later), failureIn(later).code]).toEqual(['Hello,', 'stream_interrupted']);
    expect(failureIn(first).code).toBe('provider_invalid_response');
  });

  it.each([
    ['an empty object', {}],
    ['no content', { output: { message: { role: 'assistant', content: [] } } }],
    ['no stop reason', { output: { message: { role: 'assistant', content: [{ text: 'a' }] } } }],
    ['a list', []],
    ['no JSON', 'Hello'],
  ])('takes %s for an invalid answer', async (_name, body) => {
    fake.behave(answers(body));

    expect((await failureOf(provider, aCall(MODEL))).code).toBe('provider_invalid_response');
  });

  it('keeps one connection for answers and streams', async () => {
    await provider.complete(aCall(MODEL));
    await streamed(provider, aCall(MODEL));
    await streamed(provider, aCall(MODEL));

    expect(fake.connections).toBe(1);
  });

  it('refuses what it cannot translate before it calls anybody', async () => {
    const failure = await failureOf(provider, aCall(MODEL, { seed: 7 }));

    expect([failure.code, fake.requests.length]).toEqual(['unsupported_parameter', 0]);
  });

  it('tries to load its client again after a failure', async () => {
    let loads = 0;
    provider = new BedrockProvider(async () => {
      loads += 1;
      throw new Error('no such module');
    });

    await failureOf(provider, aCall(MODEL));
    const failure = await failureOf(provider, aCall(MODEL));

    expect([failure.code, loads]).toEqual(['provider_unavailable', 2]);
  });
});
