import { describe, expect, it } from 'vitest';
import { RefusalLimiter } from '#core/audit/refusal-limiter.ts';
import { compileGuard } from '#core/guardrail/compile-guard.ts';
import type { Detector } from '#core/guardrail/detector.ts';
import { builtInDetectors } from '#core/guardrail/detectors/built-in-detectors.ts';
import type { Caller } from '#core/identity/caller.ts';
import { Cancellation } from '#core/time/cancellation.ts';
import { formatUlid } from '#core/time/ulid.ts';
import { sha256 } from '#runtime/host.ts';
import type { HttpRequest } from '#runtime/http.ts';
import type { Measurement } from '#runtime/observability.ts';
import { createGuardrail } from '../../../lambdas/guardrail/guardrail.ts';
import { Moderator } from '../../../lambdas/guardrail/moderate.ts';
import { MemoryAuditLog } from '../../support/memory-audit-log.ts';
import { TestClock } from '../../support/test-clock.ts';

const CALLER: Caller = {
  tenantId: 'acme',
  keyId: 'key-1',
  scopes: ['ballast/inference'],
  limits: { tenant: {} },
  bodies: 'hash-only',
};

function open(detectors: ReadonlyMap<string, Detector> = builtInDetectors) {
  const audit = new MemoryAuditLog();
  const logged: unknown[] = [];
  const measured: Measurement[] = [];
  const rules = [
    { detector: [...detectors.keys()][0] ?? '', action: 'block', direction: 'both' },
  ] as const;
  const log = (message: string, fields?: unknown) => void logged.push([message, fields]);
  const door = createGuardrail({
    clock: new TestClock(),
    newId: (nowMs) => formatUlid(nowMs, []),
    hash: sha256,
    moderator: new Moderator(detectors),
    guards: new Map([
      ['default', compileGuard({ policy: { id: 'default', rules }, policyHash: 'h', detectors })],
    ]),
    audit,
    spill: audit,
    refusals: new RefusalLimiter(),
    log: { info: log, warn: log, error: log },
    metrics: { emit: (measurements) => void measured.push(...measurements) },
  });
  const call = (changes: Partial<HttpRequest>) => send(door, { caller: CALLER, ...changes });
  const callAsNobody = (changes: Partial<HttpRequest>) => send(door, changes);
  return { audit, logged, measured, call, callAsNobody };
}

async function send(door: ReturnType<typeof createGuardrail>, changes: Partial<HttpRequest>) {
  const answer = { status: 0, headers: {} as Record<string, string>, text: '' };
  await door(
    {
      method: 'POST',
      path: '/v1/moderations',
      query: {},
      headers: {},
      body: '',
      ...changes,
    },
    {
      abort() {},
      start(status, headers) {
        answer.status = status;
        answer.headers = headers;
      },
      async write(text) {
        answer.text += text;
      },
      async end(text = '') {
        answer.text += text;
      },
    },
    { deadlineMs: 0, disconnected: new Cancellation() },
  );
  return { ...answer, body: JSON.parse(answer.text) };
}

const asking = (input: unknown, more: object = {}) => ({
  body: JSON.stringify({ input, ...more }),
});

describe('POST /v1/moderations', () => {
  it('answers in the shape of the OpenAI API with our categories', async () => {
    const { call } = open();

    const { status, headers, body } = await call(
      asking('write to maria@a.nl', { model: 'omni-moderation-latest' }),
    );

    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-request-id': body.id.slice(5),
    });
    expect(body).toEqual({
      id: expect.stringMatching(/^modr-/),
      model: 'omni-moderation-latest',
      results: [
        {
          flagged: true,
          categories: {
            'pii/email': true,
            'pii/payment-card': false,
            'pii/iban': false,
            'secret/aws-key': false,
            'secret/private-key': false,
          },
          category_scores: {
            'pii/email': 1,
            'pii/payment-card': 0,
            'pii/iban': 0,
            'secret/aws-key': 0,
            'secret/private-key': 0,
          },
          category_applied_input_types: Object.fromEntries(
            [...builtInDetectors.values()].map(({ category }) => [category, ['text']]),
          ),
          ballast: { policy: 'default', verdict: 'block' },
        },
      ],
    });
  });

  it('gives each string a result, and parts one together', async () => {
    const { call, audit } = open();
    const texts = ['fine', 'maria@a.nl'];

    const strings = await call(asking(texts));
    const parts = await call(asking(texts.map((text) => ({ type: 'text', text }))));

    const flagged = ({ body }: typeof strings) =>
      body.results.map((result: { flagged: boolean }) => result.flagged);
    expect(flagged(strings)).toEqual([false, true]);
    expect(flagged(parts)).toEqual([true]);
    expect(audit.completions.map(({ input }) => input?.findings[0]?.location)).toEqual([
      'input[1]',
      'input[0][1]',
    ]);
  });

  it('records every call without a word of its text', async () => {
    const { call, audit, measured } = open();

    await call(asking('write to maria@a.nl'));

    expect(audit.completions).toMatchObject([
      {
        tenantId: 'acme',
        keyId: 'key-1',
        outcome: 'completed',
        attempts: [],
        nanoUsd: 0,
        input: { verdict: 'flag', findings: [{ detector: 'email', start: 9, end: 19 }] },
      },
    ]);
    expect(JSON.stringify(audit.completions)).not.toContain('maria');
    expect(measured).toEqual([
      { name: 'Moderations', unit: 'Count', value: 1 },
      { name: 'ModerationsFlagged', unit: 'Count', value: 1 },
    ]);
  });

  it('spills the record when the log does not take it, and answers all the same', async () => {
    const { call, audit } = open();
    audit.refuseCompletions = true;

    const { status } = await call(asking('fine'));

    expect(status).toBe(200);
    expect(audit.spilled).toHaveLength(1);
  });

  it.each([
    ['not JSON', '{"input": maria@a.nl', 400, 'invalid_json', null],
    ['no object', '7', 400, 'invalid_value', null],
    ['no input', '{}', 400, 'invalid_value', 'input'],
    ['an empty list', '{"input":[]}', 400, 'invalid_value', 'input'],
    ['a number', '{"input":7}', 400, 'invalid_value', 'input'],
    [
      'an image',
      '{"input":[{"type":"image_url","image_url":{"url":"maria@a.nl"}}]}',
      400,
      'invalid_value',
      'input',
    ],
    [
      'a mixture',
      '{"input":["a",{"type":"text","text":"maria@a.nl"}]}',
      400,
      'invalid_value',
      'input',
    ],
    ['an unknown field', '{"input":"a","modle":"x"}', 400, 'invalid_value', 'modle'],
    ['a long model', `{"input":"a","model":"${'x'.repeat(129)}"}`, 400, 'invalid_value', 'model'],
    [
      'a body too large',
      JSON.stringify({ input: 'é'.repeat(600_000) }),
      413,
      'request_too_large',
      null,
    ],
  ])('refuses %s in the shape of the OpenAI API', async (_, body, status, code, param) => {
    const { call, audit } = open();

    const answer = await call({ body });

    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      error: { message: expect.any(String), type: 'invalid_request_error', param, code },
    });
    expect(answer.text).not.toContain('maria');
    expect(audit.completions).toMatchObject([{ outcome: 'refused', failure: code }]);
  });

  it.each([
    [{ caller: { ...CALLER, scopes: [] } }, 403, 'insufficient_scope'],
    [{ caller: { ...CALLER, guardrailPolicy: 'gone' } }, 503, 'config_unavailable'],
    [{ method: 'GET' }, 404, 'method_not_allowed'],
    [{ path: '/v1/moderation' }, 404, 'not_found'],
  ] satisfies [Partial<HttpRequest>, number, string][])(
    'refuses %j',
    async (changes, status, code) => {
      const { call, audit } = open();

      const answer = await call({ ...asking('fine'), ...changes });

      expect(answer.status).toBe(status);
      expect(answer.body.error.code).toBe(code);
      expect(audit.completions).toMatchObject([{ failure: code }]);
    },
  );

  it('refuses who has no credential, and has nobody to record it for', async () => {
    const { audit, callAsNobody } = open();

    const { status, body } = await callAsNobody(asking('fine'));

    expect(status).toBe(401);
    expect(body.error.code).toBe('invalid_api_key');
    expect(audit.completions).toEqual([]);
  });

  it('counts refusals instead of recording them once there are too many', async () => {
    const { call, audit } = open();

    for (let time = 0; time < 15; time += 1) await call({ body: '{}' });

    expect(audit.completions).toHaveLength(10);
  });

  it('fails closed, with verdict error, when a detector throws', async () => {
    const broken: Detector = {
      name: 'broken',
      category: 'test/broken',
      detect() {
        throw new Error('defect');
      },
      holdFrom: (text) => text.length,
    };
    const { call, audit, logged } = open(new Map([['broken', broken]]));

    const { status, body } = await call(asking('maria@a.nl'));

    expect(status).toBe(503);
    expect(body.error.code).toBe('guardrail_unavailable');
    expect(audit.completions).toMatchObject([{ outcome: 'failed', input: { verdict: 'error' } }]);
    expect(logged).toHaveLength(1);
  });
});
