import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamodbAuditLog } from '#adapters/dynamodb/dynamodb-audit-log.ts';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import { DynamodbQuotaUsage } from '#adapters/dynamodb/dynamodb-quota-usage.ts';
import { HOUR_MS } from '#core/time/clock.ts';
import { systemClock } from '#runtime/host.ts';
import { bundledPlatform } from '../../../bin/local/bundled.ts';
import { localPlatformFile } from '../../../bin/local/platform-file.ts';
import { createReconciler } from '../../../lambdas/reconciler/reconciler.ts';
import { startBundled } from '../../support/bundled-function.ts';
import { type Dynalite, startDynalite } from '../../support/dynalite.ts';
import { type DynamodbProxy, startDynamodbProxy } from '../../support/dynamodb-proxy.ts';
import { startFakeOpenAi } from '../../support/fake-openai.ts';
import type { FakeProvider } from '../../support/fake-provider.ts';
import { aCaller } from '../../support/inference.ts';
import { user } from '../../support/local-platform.ts';

/** The writes of one request, in order; the first two are on their way together. */
const WRITES = ['reserve', 'intent', 'completion', 'settle'] as const;
type Write = (typeof WRITES)[number];

const silent = { info() {}, warn() {}, error() {}, emit() {} };
const later = { ...systemClock, nowMs: () => Date.now() + HOUR_MS };

let dynalite: Dynalite;
let provider: FakeProvider;

beforeAll(async () => {
  dynalite = await startDynalite();
  provider = await startFakeOpenAi();
});

afterAll(async () => {
  await provider.close();
  await dynalite.close();
});

function writeOf({ operation, body }: DynamodbProxy['calls'][number]): Write | undefined {
  const sort = JSON.stringify(body);
  if (operation === 'UpdateItem')
    return sort.includes('attribute_not_exists') ? 'reserve' : 'settle';
  if (operation !== 'PutItem') return undefined;
  return sort.includes('#intent') ? 'intent' : 'completion';
}

/** Starts a gateway, asks it once, and kills it before or after one of its writes. */
async function killAt(tenantId: string, moment: 'before' | 'after', write: Write): Promise<void> {
  const proxy = await startDynamodbProxy(dynalite.endpoint);
  const platform = localPlatformFile(bundledPlatform(), [{ provider: 'up', models: ['m'] }]);
  const gateway = await startBundled(
    'gateway',
    {
      AWS_ENDPOINT_URL_DYNAMODB: proxy.endpoint,
      QUOTA_TABLE_NAME: 'quota',
      AUDIT_TABLE_NAME: 'audit',
      CONTROL_TABLE_NAME: 'control',
      SPILL_QUEUE_URL: 'http://127.0.0.1:9/spill',
      PLATFORM_FILE: 'platform.json',
      ALLOWED_ORIGINS: '',
    },
    {
      'platform.json': {
        text: JSON.stringify({
          ...platform,
          routes: platform.routes.filter(({ name }) => name === 'up/m'),
          providers: { up: { kind: 'openai-compatible', baseUrl: `${provider.url}/v1` } },
        }),
      },
    },
  );
  const killed = new Promise<void>((resolve) => {
    proxy.rule = {
      async [moment](call: DynamodbProxy['calls'][number]) {
        if (writeOf(call) !== write) return;
        gateway.kill();
        resolve();
        return 'reset';
      },
    };
  });
  void gateway.invoke({
    httpMethod: 'POST',
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'up/m', messages: user('hello'), max_tokens: 50 }),
    isBase64Encoded: false,
    queryStringParameters: null,
    requestContext: {
      authorizer: {
        caller: JSON.stringify(
          aCaller({
            tenantId,
            limits: { tenant: { tokensPerMinute: 10_000, tokensPerDay: 10_000 } },
          }),
        ),
      },
    },
  });
  await killed;
  await gateway.close();
  await proxy.close();
}

async function reconcileLater(): Promise<void> {
  const store = { client: dynalite.client, random: Math.random };
  const quotas = new DynamodbQuotaStore({ ...store, clock: systemClock, tableName: 'quota' });
  const audit = new DynamodbAuditLog({ ...store, clock: systemClock, tableName: 'audit' });
  const reconciler = createReconciler({
    orphans: quotas,
    quotas,
    audit,
    clock: later,
    log: silent,
    metrics: silent,
  });
  await reconciler({ deadlineMs: Number.POSITIVE_INFINITY });
}

/** The audit items of a tenant, as `intent` or `completion` with what they say was used. */
async function recordsOf(tenantId: string) {
  const { Items = [] } = await dynalite.client.send(new ScanCommand({ TableName: 'audit' }));
  const ids = Items.filter((item) => item['pk']?.S?.startsWith(`${tenantId}#`)).map(
    (item) => item['sk']?.S?.split('#')[0] ?? '',
  );
  const audit = new DynamodbAuditLog({
    client: dynalite.client,
    clock: systemClock,
    random: Math.random,
    tableName: 'audit',
  });
  return Promise.all([...new Set(ids)].map((id) => audit.find(tenantId, id)));
}

async function openMarkers(tenantId: string): Promise<readonly string[]> {
  const { Items = [] } = await dynalite.client.send(new ScanCommand({ TableName: 'quota' }));
  return Items.filter((item) => item['pk']?.S?.startsWith(`${tenantId}#`)).flatMap((item) =>
    Object.keys(item).filter((name) => name.startsWith('r:')),
  );
}

describe('a gateway killed', () => {
  const moments = WRITES.flatMap((write) =>
    (['before', 'after'] as const).map((moment) => ({ moment, write })),
  );

  it.each(moments)(
    '$moment its $write leaves nothing that cannot be settled',
    async ({ moment, write }) => {
      const tenantId = `${moment}-${write}`;
      const called = provider.requests.length;

      await killAt(tenantId, moment, write);
      await reconcileLater();
      await reconcileLater();

      const records = await recordsOf(tenantId);
      const usage = new DynamodbQuotaUsage({ client: dynalite.client, tableName: 'quota' });
      const used = await usage.month(tenantId, Date.now());
      const modelCalls = provider.requests.length - called;
      const recorded = records.reduce(
        (sum, record) => sum + (record?.completion?.usage?.usage.total_tokens ?? 0),
        0,
      );
      expect(await openMarkers(tenantId)).toEqual([]);
      expect(
        records.filter((record) => record?.intent !== undefined).length,
      ).toBeGreaterThanOrEqual(modelCalls);
      if (modelCalls > 0) expect(records[0]?.completion).toBeDefined();
      expect(used.tokens).toBe(recorded);
    },
    30_000,
  );
});
