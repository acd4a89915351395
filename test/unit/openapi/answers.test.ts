import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { usageOf } from '#core/chat/usage.ts';
import { builtInDetectors } from '#core/guardrail/detectors/built-in-detectors.ts';
import { formatUlid } from '#core/time/ulid.ts';
import { chatRequestSchema } from '../../../lambdas/gateway/parse/chat-request-schema.ts';
import { clientSchema } from '../../../lambdas/governance/clients.ts';
import { newKeySchema } from '../../../lambdas/governance/key-json.ts';
import { newTenantSchema, tenantChangeSchema } from '../../../lambdas/governance/tenant-json.ts';
import { Moderator } from '../../../lambdas/guardrail/moderate.ts';
import { moderationRequestSchema } from '../../../lambdas/guardrail/parse-moderation-request.ts';
import { compileGuards } from '../../../lambdas/platform/compile-guards.ts';
import * as answers from '../../../scripts/openapi/answers.ts';
import * as examples from '../../../scripts/openapi/examples.ts';
import * as governance from '../../../scripts/openapi/governance-answers.ts';
import { aGateway, ask, chat, framesOf } from '../../support/gateway.ts';
import { ADMIN, GovernanceBench, NOW_MS } from '../../support/governance.ts';
import { aPlatform } from '../../support/inference.ts';
import { bills, finishes, ScriptedProvider, says } from '../../support/scripted-provider.ts';

const gateway = () =>
  aGateway(
    aPlatform({ providers: { a: new ScriptedProvider([says('hello'), finishes, bills]) } }).ports,
  );

describe('what the doors answer is what the document says', () => {
  it.each([
    ['/v1/models', answers.modelListSchema],
    ['/v1/models/chat', answers.modelSchema],
    ['/v1/models/none', answers.errorSchema],
  ])('GET %s', async (path, schema) => {
    const answer = await ask(gateway(), { method: 'GET', path });

    expect(v.parse(schema, JSON.parse(answer.body))).toBeTruthy();
  });

  it('a chat completion, whole and streamed', async () => {
    const whole = await ask(gateway(), { body: chat('hi') });
    const streamed = await ask(gateway(), {
      body: chat('hi', { stream: true, stream_options: { include_usage: true } }),
    });

    expect(v.parse(answers.chatCompletionSchema, JSON.parse(whole.body))).toBeTruthy();
    const frames = framesOf(streamed.body).slice(0, -1);
    expect(frames.length).toBeGreaterThan(2);
    for (const frame of frames) v.parse(answers.chatChunkSchema, JSON.parse(frame));
  });

  it('a moderation', () => {
    const rules = [{ detector: 'email', action: 'redact', direction: 'both' }] as const;
    const guard = compileGuards([{ id: 'default', rules }]).get('default');
    if (guard === undefined) throw new Error('the policy is not compiled');

    const { results } = new Moderator(builtInDetectors).moderate([['ada@example.com']], guard);

    expect(v.parse(answers.moderationSchema, { id: 'modr-1', model: 'm', results })).toBeTruthy();
    expect(Object.keys(results[0]?.categories ?? {})).toEqual(
      expect.arrayContaining(Object.keys(examples.moderation.results[0]?.categories ?? {})),
    );
  });
});

describe('what governance answers is what the document says', () => {
  it('tenants, keys, clients, routes, usage', async () => {
    const bench = new GovernanceBench();
    const send = async (method: string, path: string, body?: unknown) =>
      (await bench.send(method, path, body === undefined ? {} : { body })).json;
    const tenant = '/admin/v1/tenants/acme';

    const { routes: _every, ...newTenant } = { routes: null, ...examples.newTenant };
    v.parse(governance.tenantSchema, await send('POST', '/admin/v1/tenants', newTenant));
    v.parse(governance.tenantSchema, await send('PATCH', tenant, examples.tenantChange));
    v.parse(governance.tenantPage, await send('GET', '/admin/v1/tenants'));
    const key = v.parse(
      governance.newKeyAnswer,
      await send('POST', `${tenant}/keys`, examples.newKey),
    );
    v.parse(governance.keySchema, await send('GET', `${tenant}/keys/${key.id}`));
    v.parse(governance.keyPage, await send('GET', `${tenant}/keys`));
    v.parse(governance.keySchema, await send('DELETE', `${tenant}/keys/${key.id}`));
    v.parse(governance.clientAnswer, await send('PUT', '/admin/v1/clients/a', examples.client));
    v.parse(governance.routePage, await send('GET', '/admin/v1/routes'));
    v.parse(governance.usageReportSchema, await send('GET', '/v1/usage'));
    v.parse(answers.errorSchema, await send('GET', '/admin/v1/tenants/none'));

    expect(key.secret).toMatch(/^sk-/);
  });

  it.each(['with both halves', 'with its intent alone'])('an audit record %s', async (kind) => {
    const bench = new GovernanceBench();
    const id = formatUlid(NOW_MS, new Uint8Array(16));
    const shared = { id, tenantId: ADMIN.tenantId, keyId: ADMIN.keyId, startedAtMs: NOW_MS };
    const intent = {
      ...shared,
      route: 'chat-default',
      stream: true,
      maxAttempts: 3,
      reserved: { requests: 1, tokens: 1100, nanoUsd: 2_200_000 },
      policyId: 'default',
      policyHash: 'abc',
      requestHash: 'def',
    };
    const completion = {
      ...shared,
      endedAtMs: NOW_MS + 1500,
      outcome: 'completed',
      attempts: [{ target: 'a/m', startedAtMs: NOW_MS, durationMs: 1400, outcome: 'completed' }],
      usage: { usage: usageOf({ prompt: 7, completion: 5 }), source: 'provider' },
      nanoUsd: 17_000,
      input: {
        verdict: 'redact',
        findings: [{ detector: 'email', action: 'redact', location: 'x', start: 3, end: 9 }],
      },
      bodies: { request: '{}' },
    } as const;
    const record = kind === 'with both halves' ? { intent, completion } : { intent };
    bench.records.set(`${ADMIN.tenantId}/${id}`, record);

    const { json } = await bench.send('GET', `/v1/audit/${id}`);

    expect(v.parse(governance.auditRecordSchema, json)).toBeTruthy();
  });
});

describe('the examples', () => {
  it.each([
    [chatRequestSchema, examples.chatRequest],
    [chatRequestSchema, examples.streamRequest],
    [chatRequestSchema, examples.toolRequest],
    [moderationRequestSchema, examples.moderationRequest],
    [newTenantSchema, examples.newTenant],
    [tenantChangeSchema, examples.tenantChange],
    [newKeySchema, examples.newKey],
    [clientSchema, examples.client],
    [answers.chatCompletionSchema, examples.chatAnswer],
    [v.array(answers.chatChunkSchema), examples.chunks],
    [answers.modelListSchema, examples.modelList],
    [answers.moderationSchema, examples.moderation],
  ])('number %# parses', (schema, example) => {
    expect(v.safeParse(schema as v.GenericSchema, example).issues).toBeUndefined();
  });
});
