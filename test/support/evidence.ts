import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamodbAuditLog } from '#adapters/dynamodb/dynamodb-audit-log.ts';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import { DynamodbQuotaUsage } from '#adapters/dynamodb/dynamodb-quota-usage.ts';
import { createSqsClient } from '#adapters/sqs/create-sqs-client.ts';
import { SqsSpilledCompletions } from '#adapters/sqs/sqs-spilled-completions.ts';
import type { AuditCompletion, AuditRecord } from '#core/audit/audit-record.ts';
import type { Amounts } from '#core/quota/limits.ts';
import { type Clock, HOUR_MS } from '#core/time/clock.ts';
import { createReconciler } from '../../lambdas/reconciler/reconciler.ts';
import { markersIn } from './quota-books.ts';
import type { RecordingLog, RecordingMetrics } from './recorders.ts';

const LOCAL = {
  region: 'local',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;
/** Long enough for a queue that is well, short enough to wait for one that is not. */
const QUEUE_TIMEOUT_MS = 600;

/** The audit records of all tenants. */
export async function auditRecordsOf(
  client: DynamoDBClient,
  clock: Clock,
): Promise<readonly AuditRecord[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'audit' }));
  const audit = auditLogOf(client, clock);
  const names = new Set(
    Items.map((item) => `${item['pk']?.S?.split('#')[0]} ${item['sk']?.S?.split('#')[0]}`),
  );
  const found = [...names].map((name) => {
    const [tenantId = '', id = ''] = name.split(' ');
    return audit.find(tenantId, id);
  });
  return (await Promise.all(found)).flatMap((record) => record ?? []);
}

/** Names of the reservations that are still open, of all tenants. */
export async function openMarkersOf(client: DynamoDBClient): Promise<readonly string[]> {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: 'quota' }));
  return Items.flatMap(markersIn);
}

/** What the tenants have used this month, settled or still reserved. */
export async function settledBy(
  tenants: readonly string[],
  client: DynamoDBClient,
  nowMs: number,
): Promise<Amounts> {
  const usage = new DynamodbQuotaUsage({ client, tableName: 'quota' });
  const used = { requests: 0, tokens: 0, nanoUsd: 0 };
  for (const tenantId of tenants) {
    const { requests, tokens, nanoUsd } = await usage.month(tenantId, nowMs);
    used.requests += requests;
    used.tokens += tokens;
    used.nanoUsd += nanoUsd;
  }
  return used;
}

/** Completions that went to the last place there is: the log. */
export const loggedCompletions = (log: RecordingLog): readonly AuditCompletion[] =>
  log.lines
    .map((line) => JSON.parse(line))
    .filter(({ message }) => message === 'audit completion spilled')
    .map(({ completion }) => completion);

interface ReconcilerSetting {
  readonly client: DynamoDBClient;
  readonly clock: Clock;
  readonly log: RecordingLog;
  readonly metrics: RecordingMetrics;
  /** Where the spill queue is. */
  readonly queueUrl: string;
}

/** Runs the real reconciler as if an hour had passed; rejects as it does when something stays open. */
export async function reconcileLater(setting: ReconcilerSetting): Promise<void> {
  const { client, clock, log, metrics, queueUrl } = setting;
  const quotas = new DynamodbQuotaStore({ client, clock, random: () => 0, tableName: 'quota' });
  const later: Clock = {
    nowMs: () => clock.nowMs() + HOUR_MS,
    sleep: (durationMs, cancellation) => clock.sleep(durationMs, cancellation),
  };
  const reconciler = createReconciler({
    orphans: quotas,
    quotas,
    audit: auditLogOf(client, clock),
    spilled: new SqsSpilledCompletions({
      queueUrl: `${queueUrl}/spill`,
      onMalformed: (messageId) =>
        log.error('a message on the spill queue is malformed', { messageId }),
      createClient: () => createSqsClient({ ...LOCAL, endpoint: queueUrl }, QUEUE_TIMEOUT_MS),
    }),
    clock: later,
    log,
    metrics,
  });
  await reconciler({ deadlineMs: Number.POSITIVE_INFINITY });
}

const auditLogOf = (client: DynamoDBClient, clock: Clock): DynamodbAuditLog =>
  new DynamodbAuditLog({ client, clock, random: () => 0, tableName: 'audit' });
