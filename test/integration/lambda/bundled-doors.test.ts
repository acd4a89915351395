import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamodbAuditLog } from '#adapters/dynamodb/dynamodb-audit-log.ts';
import { DynamodbTenantRegistry } from '#adapters/dynamodb/dynamodb-tenant-registry.ts';
import { systemClock } from '#runtime/host.ts';
import { bundledPlatform } from '../../../bin/local/bundled.ts';
import { localPlatformFile } from '../../../bin/local/platform-file.ts';
import { seed } from '../../../bin/local/seed.ts';
import { portalFiles } from '../../../lambdas/portal/contract.ts';
import { type BundledFunction, startBundled } from '../../support/bundled-function.ts';
import { type Dynalite, startDynalite } from '../../support/dynalite.ts';
import { startFakeOpenAi } from '../../support/fake-openai.ts';
import { framesOf } from '../../support/gateway.ts';
import { aCaller } from '../../support/inference.ts';
import { type ObservedPlatform, startLocal, user } from '../../support/local-platform.ts';

let dynalite: Dynalite;
let upstream: ObservedPlatform;
let emptyQueue: Server;
let environment: Record<string, string>;
let platformFile: string;
const started: BundledFunction[] = [];

async function start(door: string, files: Parameters<typeof startBundled>[2] = {}) {
  const bundled = await startBundled(door, environment, {
    'platform.json': { text: platformFile },
    ...files,
  });
  started.push(bundled);
  return bundled;
}

/** As API Gateway sends it. */
const eventOf = (method: string, path: string, body: unknown = undefined, caller = aCaller()) => ({
  httpMethod: method,
  path,
  headers: { 'Content-Type': 'application/json', Host: 'api.example' },
  queryStringParameters: null,
  body: body === undefined ? null : JSON.stringify(body),
  isBase64Encoded: false,
  requestContext: { authorizer: { caller: JSON.stringify(caller) } },
});

beforeAll(async () => {
  dynalite = await startDynalite();
  upstream = await startLocal();
  emptyQueue = createServer((_request, response) => {
    response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
  }).listen(0, '127.0.0.1');
  await once(emptyQueue, 'listening');
  const model = 'simulated/echo';
  const platform = localPlatformFile(bundledPlatform(), [{ provider: 'up', models: [model] }]);
  platformFile = JSON.stringify({
    ...platform,
    routes: platform.routes.filter(({ name }) => name.startsWith('up/')),
    providers: { up: { kind: 'openai-compatible', baseUrl: `${upstream.url}/v1` } },
  });
  environment = {
    AWS_ENDPOINT_URL_DYNAMODB: dynalite.endpoint,
    QUOTA_TABLE_NAME: 'quota',
    AUDIT_TABLE_NAME: 'audit',
    CONTROL_TABLE_NAME: 'control',
    SPILL_QUEUE_URL: `http://127.0.0.1:${(emptyQueue.address() as AddressInfo).port}/spill`,
    PLATFORM_FILE: 'platform.json',
    ALLOWED_ORIGINS: '',
    ISSUER: '',
    AUDIENCES: '',
    TENANT_CLAIM: '',
    SCOPE_PREFIX: 'ballast/',
  };
  await seed(new DynamodbTenantRegistry({ client: dynalite.client, tableName: 'control' }));
}, 30_000);

afterAll(async () => {
  await Promise.all(started.map((bundled) => bundled.close()));
  emptyQueue.close();
  await upstream.close();
  await dynalite.close();
});

describe('the functions, bundled as they are deployed', () => {
  it('gateway: reads its models, meets a provider without a key, and leaves its records', async () => {
    const gateway = await start('gateway');
    const chat = { model: 'up/simulated/echo', messages: user('hello') };

    const models = await gateway.invoke(eventOf('GET', '/v1/models'));
    const refused = await gateway.invoke(eventOf('POST', '/v1/chat/completions', chat));
    const invalid = await gateway.invoke(eventOf('POST', '/v1/chat/completions', { model: 1 }));

    expect(models.prelude).toMatchObject({ statusCode: 200 });
    expect(JSON.parse(models.body ?? '').data).toMatchObject([{ id: 'up/simulated/echo' }]);
    // The server behind wants a key and this provider has none: the operator's fault, not the caller's.
    expect(refused.prelude?.statusCode).toBe(503);
    expect(invalid.prelude?.statusCode).toBe(400);
    const id = refused.prelude?.headers['x-request-id'] ?? '';
    const audit = new DynamodbAuditLog({
      client: dynalite.client,
      tableName: 'audit',
      clock: systemClock,
      random: Math.random,
    });
    expect(await audit.find('acme', id)).toMatchObject({
      intent: { id },
      completion: { outcome: 'failed', failure: 'provider_unavailable' },
    });
  }, 30_000);

  it('gateway: streams whole frames to the end', async () => {
    const open = await startFakeOpenAi();
    const { providers, ...rest } = JSON.parse(platformFile);
    const up = { ...providers.up, baseUrl: `${open.url}/v1` };
    const gateway = await start('gateway', {
      'platform.json': { text: JSON.stringify({ ...rest, providers: { up } }) },
    });
    const body = { model: 'up/simulated/echo', messages: user('hello'), stream: true };

    const answer = await gateway.invoke(eventOf('POST', '/v1/chat/completions', body));
    await open.close();

    expect(answer.prelude).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    });
    expect(framesOf(answer.body ?? '').at(-1)).toBe('[DONE]');
  }, 30_000);

  it('guardrail: moderates', async () => {
    const guardrail = await start('guardrail');

    const { prelude, body } = await guardrail.invoke(
      eventOf('POST', '/v1/moderations', { input: 'write to ann@example.com' }),
    );

    expect(prelude?.statusCode).toBe(200);
    expect(JSON.parse(body ?? '').results).toMatchObject([{ flagged: true }]);
  }, 30_000);

  it('governance: knows an administrator', async () => {
    const governance = await start('governance');
    const admin = aCaller({ tenantId: 'operator', scopes: ['ballast/admin'] });

    const list = await governance.invoke(eventOf('GET', '/admin/v1/tenants', undefined, admin));
    const refused = await governance.invoke(eventOf('GET', '/admin/v1/tenants'));

    expect(list.prelude?.statusCode).toBe(200);
    expect(list.body).toContain('"demo"');
    expect(refused.prelude?.statusCode).toBe(403);
  }, 30_000);

  it('authorizer: lets a key in and nobody else', async () => {
    const authorizer = await start('authorizer');
    const ask = (authorization: string) =>
      authorizer.invoke({
        type: 'REQUEST',
        methodArn: 'arn:aws:execute-api:eu-central-1:123:abc/api/POST/v1/chat/completions',
        headers: { Authorization: authorization },
        requestContext: { requestId: 'r' },
      });

    const allowed = await ask('Bearer sk-local-demo');
    const refused = await ask('Bearer sk-nobody');

    expect(allowed.result).toMatchObject({
      principalId: expect.stringContaining('demo/'),
      policyDocument: {
        Statement: [
          { Effect: 'Allow', Resource: 'arn:aws:execute-api:eu-central-1:123:abc/api/*' },
        ],
      },
    });
    expect(refused.error).toBe('Unauthorized');
  }, 30_000);

  it('portal: shows its page and its health, and an empty answer has a status, too', async () => {
    const portal = await start('portal', portalFiles);

    const page = await portal.invoke(eventOf('GET', '/'));
    const health = await portal.invoke(eventOf('GET', '/health'));
    const head = await portal.invoke(eventOf('HEAD', '/'));

    expect(page.prelude?.statusCode).toBe(200);
    expect(page.body).toContain('<html');
    expect(health.body).toBe('{"status":"ok"}');
    expect(head).toMatchObject({ prelude: { statusCode: 200 }, body: '' });
  }, 30_000);

  it('reconciler: runs on its schedule', async () => {
    const reconciler = await start('reconciler');

    expect((await reconciler.invoke({})).error).toBeUndefined();
  }, 30_000);
});
