import fc from 'fast-check';
import type { Attempt, AuditCompletion, AuditIntent } from '#core/audit/audit-record.ts';
import type { MeteredUsage } from '#core/chat/usage.ts';
import { type FailureCode, failurePolicies } from '#core/failures/failure.ts';
import type { Assessment, Finding } from '#core/guardrail/finding.ts';
import { formatUlid } from '#core/time/ulid.ts';

/** 2026-11-23T10:00:00Z. */
const STARTED_AT_MS = Date.UTC(2026, 10, 23, 10);

export const anId = (last = 0, timeMs = STARTED_AT_MS): string =>
  formatUlid(
    timeMs,
    Array.from({ length: 16 }, (_, place) => Math.floor(last / 32 ** (15 - place))),
  );

export const anIntent = (changes: Partial<AuditIntent> = {}): AuditIntent => ({
  id: anId(),
  tenantId: 'acme',
  keyId: 'abcdef012345',
  startedAtMs: STARTED_AT_MS,
  route: 'chat-default',
  stream: true,
  maxAttempts: 3,
  reserved: { requests: 1, tokens: 1_200, nanoUsd: 2_200_000 },
  policyId: 'default',
  policyHash: '5e'.repeat(32),
  requestHash: 'ab'.repeat(32),
  ...changes,
});

/** What a chat leaves that went as it should, with a key's usual settings. */
export const aCompletion = (changes: Partial<AuditCompletion> = {}): AuditCompletion => ({
  id: anId(),
  tenantId: 'acme',
  keyId: 'abcdef012345',
  startedAtMs: STARTED_AT_MS,
  endedAtMs: STARTED_AT_MS + 2_345,
  outcome: 'completed',
  route: 'chat-default',
  attempts: [
    {
      target: 'bedrock/anthropic.claude-haiku-4-5-20251001-v1:0',
      startedAtMs: STARTED_AT_MS + 12,
      durationMs: 2_320,
      firstContentMs: 410,
      outcome: 'completed',
    },
  ],
  served: 'bedrock/anthropic.claude-haiku-4-5-20251001-v1:0',
  usage: {
    usage: {
      prompt_tokens: 950,
      completion_tokens: 240,
      total_tokens: 1_190,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
    source: 'provider',
  },
  nanoUsd: 2_150_000,
  seq: 123_456,
  input: { verdict: 'allow', findings: [] },
  output: { verdict: 'allow', findings: [] },
  requestHash: 'ab'.repeat(32),
  responseHash: 'cd'.repeat(32),
  ...changes,
});

const count = fc.nat();
const hash = fc.oneof(
  fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => Buffer.from(bytes).toString('hex')),
  fc.string(),
);
const name = fc.string({ unit: 'grapheme' });
const ulid = fc
  .tuple(fc.nat({ max: 2 ** 31 - 1 }), fc.array(fc.nat(31), { minLength: 16, maxLength: 16 }))
  .map(([time, symbols]) => formatUlid(time * 1_024, symbols));
const tenant = fc.stringMatching(/^[a-z0-9-]{1,63}$/);
const failureCode = fc.constantFrom(...(Object.keys(failurePolicies) as FailureCode[]));

/** The given members always, the optional ones or not: absent, never undefined. */
const record = <T, K extends keyof T>(
  model: { [Name in keyof T]-?: fc.Arbitrary<Exclude<T[Name], undefined>> },
  requiredKeys: K[],
) => fc.record(model, { requiredKeys, noNullPrototype: true }) as unknown as fc.Arbitrary<T>;

export const anyIntent: fc.Arbitrary<AuditIntent> = record<AuditIntent, keyof AuditIntent>(
  {
    id: ulid,
    tenantId: tenant,
    keyId: name,
    startedAtMs: fc.maxSafeNat(),
    route: name,
    stream: fc.boolean(),
    maxAttempts: count,
    reserved: fc.record({ requests: count, tokens: fc.maxSafeNat(), nanoUsd: fc.maxSafeNat() }),
    policyId: name,
    policyHash: hash,
    requestHash: hash,
    clientRetry: count,
  },
  [
    'id',
    'tenantId',
    'keyId',
    'startedAtMs',
    'route',
    'stream',
    'maxAttempts',
    'reserved',
    'policyId',
    'policyHash',
    'requestHash',
  ],
);

const attempt = record<Attempt, keyof Attempt>(
  {
    target: name,
    startedAtMs: count,
    durationMs: count,
    firstContentMs: count,
    outcome: fc.oneof(fc.constant('completed' as const), failureCode),
  },
  ['target', 'startedAtMs', 'durationMs', 'outcome'],
);

const finding = record<Finding, keyof Finding>(
  {
    detector: name,
    action: fc.constantFrom('block', 'redact', 'flag'),
    location: fc.string({ unit: 'binary' }),
    start: count,
    end: count,
  },
  ['detector', 'action', 'location', 'start', 'end'],
);

const assessment = record<Assessment, keyof Assessment>(
  {
    verdict: fc.constantFrom('allow', 'flag', 'redact', 'block', 'error'),
    findings: fc.array(finding),
  },
  ['verdict', 'findings'],
);

const usage = fc
  .tuple(count, count, count, count, fc.option(count, { nil: undefined }), count)
  .map(([prompt, completion, total, cached, written, reasoning]) => ({
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: total,
    prompt_tokens_details: {
      cached_tokens: cached,
      ...(written === undefined ? {} : { cache_write_tokens: written }),
    },
    completion_tokens_details: { reasoning_tokens: reasoning },
  }));

export const anyCompletion: fc.Arbitrary<AuditCompletion> = record<
  AuditCompletion,
  keyof AuditCompletion
>(
  {
    id: ulid,
    tenantId: tenant,
    keyId: name,
    startedAtMs: count,
    endedAtMs: count,
    outcome: fc.constantFrom('completed', 'blocked', 'refused', 'failed', 'partial', 'abandoned'),
    failure: failureCode,
    route: name,
    attempts: fc.array(attempt),
    served: name,
    usage: record<MeteredUsage, keyof MeteredUsage>(
      { usage, source: fc.constantFrom('provider', 'estimated') },
      ['usage', 'source'],
    ),
    nanoUsd: fc.maxSafeNat(),
    seq: count,
    input: assessment,
    output: assessment,
    requestHash: hash,
    responseHash: hash,
    bodies: fc.record(
      { request: fc.string({ unit: 'binary' }), response: fc.string({ unit: 'binary' }) },
      { requiredKeys: [], noNullPrototype: true },
    ),
    truncated: fc.constantFrom(['bodies'], ['findings'], ['bodies', 'findings']),
    unrecordedRefusals: count,
  },
  ['id', 'tenantId', 'keyId', 'startedAtMs', 'endedAtMs', 'outcome', 'attempts', 'nanoUsd'],
);
