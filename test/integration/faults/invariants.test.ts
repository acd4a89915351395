import { describe, expect, it } from 'vitest';
import { aCompletion, anIntent } from '../../support/audit-samples.ts';
import type { ClientAnswer } from '../../support/client-answer.ts';
import { brokenInvariants, type Evidence } from '../../support/invariants.ts';

const error = (changes: object = {}): string =>
  JSON.stringify({
    error: {
      message: 'no',
      type: 'server_error',
      param: null,
      code: 'quota_unavailable',
      ...changes,
    },
  });

const HEADERS = { 'x-request-id': '01M847N85HNB2ESX5NBAFEXXAW', 'x-should-retry': 'true' };

const refusal = (changes: Partial<ClientAnswer> = {}): ClientAnswer => ({
  status: 503,
  headers: new Headers(HEADERS),
  text: error(),
  code: 'quota_unavailable',
  whole: true,
  ...changes,
});

const streamed = (text: string, code?: string): ClientAnswer =>
  refusal({
    status: 200,
    headers: new Headers({ ...HEADERS, 'content-type': 'text/event-stream' }),
    text,
    code,
  });

const completion = aCompletion();
const { total_tokens: tokens } = completion.usage?.usage ?? { total_tokens: 0 };

/** One request that went as it should, and one that was refused. */
const sound: Evidence = {
  answers: [refusal(), streamed(`data: ${error()}\n\n`, 'quota_unavailable')],
  modelCalls: [tokens],
  records: [{ intent: anIntent(), completion }],
  settled: { tokens, nanoUsd: completion.nanoUsd },
  openMarkers: [],
  written: ['{"message":"inference finished"}'],
  secrets: ['canary'],
};

const broken = (changes: Partial<Evidence>) => brokenInvariants({ ...sound, ...changes });

describe('the invariants', () => {
  it('hold where all is well', async () => {
    expect(await brokenInvariants(sound)).toEqual([]);
  });

  it.each<[string, Partial<Evidence>, RegExp]>([
    ['a call nobody recorded', { modelCalls: [tokens, undefined] }, /called 2 times.*tell of 1/],
    [
      'more attempts than the intent allowed',
      { records: [{ intent: anIntent({ maxAttempts: 0 }), completion }] },
      /lists 1 attempts, its intent allows 0/,
    ],
    ['an attempt without an intent', { records: [{ completion }] }, /its intent allows 0/],
    [
      'tokens settled and not recorded',
      { settled: { ...sound.settled, tokens: 1 } },
      /settled are 1 tokens/,
    ],
    [
      'money settled and not recorded',
      { settled: { ...sound.settled, nanoUsd: 1 } },
      /and 1 nano-dollars/,
    ],
    ['billed and not settled', { modelCalls: [tokens + 1] }, /models billed/],
    [
      'an intent nobody closed',
      { records: [...sound.records, { intent: anIntent({ id: 'B' }) }] },
      /B has an intent and no completion/,
    ],
    ['a reservation nobody settled', { openMarkers: ['r:A'] }, /r:A is reserved for good/],
    ['no request id', { answers: [refusal({ headers: new Headers() })] }, /no x-request-id/],
    [
      'another shape',
      { answers: [refusal({ text: '{"error":"no"}' })] },
      /not of the OpenAI shape/,
    ],
    ['no code', { answers: [refusal({ text: error({ code: null }) })] }, /not of the OpenAI shape/],
    [
      'another code than the SDK reads',
      { answers: [refusal({ code: 'internal_error' })] },
      /the SDK takes 503 internal_error for InternalServerError quota_unavailable/,
    ],
    [
      'no word on trying again',
      { answers: [refusal({ headers: new Headers({ 'x-request-id': HEADERS['x-request-id'] }) })] },
      /whether to try again/,
    ],
    [
      'a stream whose error is no error to the SDK',
      { answers: [streamed('data: {"choices":[]}\n\n', 'stream_truncated')] },
      /not of the OpenAI shape/,
    ],
    ['a secret in the log', { written: ['{"error":"canary"}'] }, /'canary' is written in/],
    [
      'a secret in an error',
      { answers: [refusal({ text: error({ message: 'canary' }) })] },
      /'canary' is written in/,
    ],
  ])('are broken by %s', async (_what, changes, expected) => {
    const found = await broken(changes);

    expect(found.join('\n')).toMatch(expected);
  });
});
