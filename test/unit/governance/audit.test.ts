import { describe, expect, it } from 'vitest';
import type { AuditCompletion, AuditIntent } from '#core/audit/audit-record.ts';
import { usageOf } from '#core/chat/usage.ts';
import { formatUlid } from '#core/time/ulid.ts';
import { ADMIN, GovernanceBench, NOW_MS } from '../../support/governance.ts';

const ID = formatUlid(NOW_MS, new Uint8Array(16));
const DEMO = { ...ADMIN, tenantId: 'demo', scopes: ['ballast/inference'] as const };

const intent: AuditIntent = {
  id: ID,
  tenantId: 'demo',
  keyId: 'demokey00001',
  startedAtMs: NOW_MS,
  route: 'chat-default',
  stream: true,
  maxAttempts: 3,
  reserved: { requests: 1, tokens: 1100, nanoUsd: 2_200_000 },
  policyId: 'default',
  policyHash: 'abc',
  requestHash: 'def',
};

const completion: AuditCompletion = {
  id: ID,
  tenantId: 'demo',
  keyId: 'demokey00001',
  startedAtMs: NOW_MS,
  endedAtMs: NOW_MS + 1500,
  outcome: 'completed',
  route: 'chat-default',
  attempts: [
    { target: 'simulated/echo', startedAtMs: NOW_MS, durationMs: 1400, outcome: 'completed' },
  ],
  served: 'simulated/echo',
  usage: { usage: usageOf({ prompt: 7, completion: 5 }), source: 'provider' },
  nanoUsd: 17_000,
  seq: 4,
  input: {
    verdict: 'redact',
    findings: [
      { detector: 'email', action: 'redact', location: 'messages[0].content', start: 3, end: 9 },
    ],
  },
  requestHash: 'def',
  responseHash: 'fed',
};

describe('GET /v1/audit/{id}', () => {
  it('merges both halves of a record', async () => {
    const bench = new GovernanceBench();
    bench.records.set(`demo/${ID}`, { intent, completion });

    const answer = await bench.send('GET', `/v1/audit/${ID}`, { caller: DEMO });

    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      object: 'audit.record',
      id: ID,
      tenant: 'demo',
      key: 'demokey00001',
      route: 'chat-default',
      started_at: '2026-11-23T10:00:00.000Z',
      ended_at: '2026-11-23T10:00:01.500Z',
      outcome: 'completed',
      failure: null,
      attempts: [
        {
          target: 'simulated/echo',
          started_at: '2026-11-23T10:00:00.000Z',
          duration_ms: 1400,
          first_content_ms: null,
          outcome: 'completed',
        },
      ],
      served_model: 'simulated/echo',
      usage: completion.usage?.usage,
      usage_source: 'provider',
      cost_usd: '0.000017',
      sequence: 4,
      guardrail: { input: completion.input, output: null },
      response_hash: 'fed',
      bodies: null,
      truncated: [],
      unrecorded_refusals: 0,
      stream: true,
      max_attempts: 3,
      reserved: { requests: 1, tokens: 1100, cost_usd: '0.0022' },
      policy: { id: 'default', hash: 'abc' },
      client_retry: null,
      request_hash: 'def',
    });
  });

  it('has the same members whichever half is missing', async () => {
    const bench = new GovernanceBench();
    const members: string[][] = [];

    for (const record of [{ intent }, { completion }, { intent, completion }]) {
      bench.records.set(`demo/${ID}`, record);
      const { json } = await bench.send('GET', `/v1/audit/${ID}`, { caller: DEMO });
      members.push(Object.keys(json).sort());
    }

    expect(members[0]).toEqual(members[2]);
    expect(members[1]).toEqual(members[2]);
  });

  it('shows an inference in flight without an outcome', async () => {
    const bench = new GovernanceBench();
    bench.records.set(`demo/${ID}`, { intent });

    const { json } = await bench.send('GET', `/v1/audit/${ID}`, { caller: DEMO });

    expect(json).toMatchObject({ outcome: null, ended_at: null, cost_usd: null, attempts: [] });
  });

  it('answers the same for a foreign, an unknown and an impossible id', async () => {
    const bench = new GovernanceBench();
    bench.records.set(`other/${ID}`, { intent });
    const unknown = formatUlid(NOW_MS + 1, new Uint8Array(16));

    const answers = await Promise.all(
      [ID, unknown, 'nonsense'].map((id) => bench.send('GET', `/v1/audit/${id}`, { caller: DEMO })),
    );

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(new Set(answers.map(({ json }) => JSON.stringify(json))).size).toBe(1);
  });
});

describe('GET /v1/usage', () => {
  it('tells the month of the own tenant and the limits that apply', async () => {
    const bench = new GovernanceBench();
    bench.used = { requests: 3, tokens: 120, nanoUsd: 240_000 };
    const caller = { ...DEMO, limits: { tenant: { nanoUsdPerDay: 50_000_000 } } };

    const answer = await bench.send('GET', '/v1/usage', { caller });

    expect(answer.json).toMatchObject({
      object: 'usage',
      tenant: 'demo',
      month: '2026-11',
      requests: 3,
      tokens: 120,
      cost_usd: '0.00024',
      limits: { tenant: { usd_per_day: '0.05', requests_per_minute: null }, key: null },
    });
  });
});
