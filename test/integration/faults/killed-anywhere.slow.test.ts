import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#runtime/host.ts';
import { bundledPlatform } from '../../../bin/local/bundled.ts';
import { localPlatformFile } from '../../../bin/local/platform-file.ts';
import { startBundled } from '../../support/bundled-function.ts';
import { rowIn } from '../../support/describe-row.ts';
import { type Dynalite, startDynalite } from '../../support/dynalite.ts';
import { isWrite, WRITES, type Write } from '../../support/dynamodb-requests.ts';
import {
  auditRecordsOf,
  openMarkersOf,
  reconcileLater,
  settledBy,
} from '../../support/evidence.ts';
import { startFakeOpenAi } from '../../support/fake-openai.ts';
import type { FakeProvider } from '../../support/fake-provider.ts';
import { type FakeSqs, startFakeSqs } from '../../support/fake-sqs.ts';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { loseAnswer } from '../../support/faults.ts';
import { aCaller } from '../../support/inference.ts';
import { brokenInvariants } from '../../support/invariants.ts';
import { user } from '../../support/local-platform.ts';
import { RecordingLog, RecordingMetrics } from '../../support/recorders.ts';
import { faultRows } from './rows.ts';

/** What one answer of the fake provider bills. */
const BILLED = 29;
const PROMPT = 'a prompt for nobody else';

let dynalite: Dynalite;
let provider: FakeProvider;
let spilled: FakeSqs;

beforeAll(async () => {
  dynalite = await startDynalite();
  provider = await startFakeOpenAi();
  spilled = await startFakeSqs();
});

afterAll(async () => {
  await provider.close();
  await spilled.close();
  await dynalite.close();
});

type Moment = 'before' | 'after';

/** Starts a gateway, asks it once, and kills it before or after one of its writes. */
async function killAt(tenantId: string, moment: Moment, write: Write): Promise<void> {
  const proxy = await startFaultProxy(dynalite.endpoint);
  const gateway = await startGateway(proxy.url);
  const killed = new Promise<void>((resolve) => {
    proxy.arm(
      async (exchange) => {
        if (moment === 'after') await loseAnswer(exchange);
        gateway.kill();
        exchange.drop();
        resolve();
      },
      { when: isWrite(write) },
    );
  });
  void gateway.invoke(requestOf(tenantId));
  await killed;
  await gateway.close();
  await proxy.close();
}

function startGateway(dynamodbUrl: string) {
  const platform = localPlatformFile(bundledPlatform(), [{ provider: 'up', models: ['m'] }]);
  const text = JSON.stringify({
    ...platform,
    routes: platform.routes.filter(({ name }) => name === 'up/m'),
    providers: { up: { kind: 'openai-compatible', baseUrl: `${provider.url}/v1` } },
  });
  return startBundled(
    'gateway',
    {
      AWS_ENDPOINT_URL_DYNAMODB: dynamodbUrl,
      QUOTA_TABLE_NAME: 'quota',
      AUDIT_TABLE_NAME: 'audit',
      CONTROL_TABLE_NAME: 'control',
      SPILL_QUEUE_URL: `${spilled.url}/spill`,
      PLATFORM_FILE: 'platform.json',
      ALLOWED_ORIGINS: '',
    },
    { 'platform.json': { text } },
  );
}

function requestOf(tenantId: string): object {
  const limits = { tenant: { tokensPerMinute: 10_000, tokensPerDay: 10_000 } };
  return {
    httpMethod: 'POST',
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'up/m', messages: user(PROMPT), max_tokens: 50 }),
    isBase64Encoded: false,
    queryStringParameters: null,
    requestContext: { authorizer: { caller: JSON.stringify(aCaller({ tenantId, limits })) } },
  };
}

/** Kills at one moment, reconciles twice, and says what is left of it. */
async function leftBy(moment: Moment, write: Write) {
  const tenantId = `${moment}-${write}`;
  const called = provider.requests.length;
  await killAt(tenantId, moment, write);
  const log = new RecordingLog();
  const metrics = new RecordingMetrics();
  const { client } = dynalite;
  for (let run = 0; run < 2; run += 1) {
    await reconcileLater({ client, clock: systemClock, log, metrics, queueUrl: spilled.url });
  }
  const records = (await auditRecordsOf(client, systemClock)).filter(
    ({ intent, completion }) => (intent ?? completion)?.tenantId === tenantId,
  );
  const broken = await brokenInvariants({
    answers: [],
    modelCalls: provider.requests.slice(called).map(() => BILLED),
    records,
    settled: await settledBy([tenantId], client, Date.now()),
    openMarkers: await openMarkersOf(client),
    written: [...log.lines, ...metrics.emitted.map((one) => JSON.stringify(one))],
    secrets: [PROMPT],
  });
  const lone =
    provider.requests.length === called && metrics.values('OrphanedReservations')[0] === 0;
  return {
    // An intent whose reservation never arrived led to nothing, and nobody looks for it.
    broken: broken.filter((what) => !lone || !what.endsWith('has an intent and no completion')),
    metrics,
    completion: records[0]?.completion,
  };
}

/** Until the settlement has arrived, something is left for the reconciler. */
const leavesAnOrphan = (moment: Moment, write: Write): boolean =>
  (write !== 'reserve' || moment === 'after') && (write !== 'settle' || moment === 'before');

const moments = WRITES.flatMap((write) =>
  (['before', 'after'] as const).map((moment) => ({ moment, write })),
);

describe('F17 a gateway killed', () => {
  const { metric = '' } = rowIn(faultRows, 'F17');

  it.each(moments.filter(({ write, moment }) => write !== 'completion' || moment === 'after'))(
    '$moment its $write leaves nothing that cannot be settled',
    async ({ moment, write }) => {
      const { broken, metrics } = await leftBy(moment, write);

      expect(broken).toEqual([]);
      // Reserve and intent are on their way together: which of them arrives is a matter of luck.
      if (write !== 'intent' && !(write === 'reserve' && moment === 'before')) {
        expect(metrics.values(metric)).toEqual([leavesAnOrphan(moment, write) ? 1 : 0, 0]);
      }
    },
    30_000,
  );
});

describe('F25 a gateway killed after the model call', () => {
  it('before its completion: abandoned, settled at its reservation, flagged as estimated', async () => {
    const { broken, metrics, completion } = await leftBy('before', 'completion');

    expect(broken).toEqual([]);
    expect(metrics.values(rowIn(faultRows, 'F25').metric ?? '')).toEqual([1, 0]);
    expect(completion).toMatchObject({ outcome: 'abandoned', usage: { source: 'estimated' } });
    expect(completion?.usage?.usage.total_tokens).toBeGreaterThanOrEqual(BILLED);
  }, 30_000);
});
