import { createDynamodbClient } from '#adapters/dynamodb/client.ts';
import { DynamodbAuditLog } from '#adapters/dynamodb/dynamodb-audit-log.ts';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import { SqsSpilledCompletions } from '#adapters/sqs/sqs-spilled-completions.ts';
import { systemClock } from '#runtime/host.ts';
import { PowertoolsLog } from '#runtime/powertools-log.ts';
import { PowertoolsMetrics } from '#runtime/powertools-metrics.ts';
import type { ScheduledDoor } from '#runtime/scheduled.ts';
import { METRICS_NAMESPACE } from '../gateway/contract.ts';
import type { reconcilerEnv } from './contract.ts';
import { createReconciler } from './reconciler.ts';

/** The reconciler on DynamoDB; the SDK finds region, credentials and endpoint. */
export function wireReconciler(env: ReturnType<typeof reconcilerEnv.parse>): ScheduledDoor {
  const shared = { client: createDynamodbClient(), clock: systemClock, random: Math.random };
  const quotas = new DynamodbQuotaStore({ ...shared, tableName: env.QUOTA_TABLE_NAME });
  const log = new PowertoolsLog('reconciler');
  return createReconciler({
    orphans: quotas,
    quotas,
    audit: new DynamodbAuditLog({ ...shared, tableName: env.AUDIT_TABLE_NAME }),
    spilled: new SqsSpilledCompletions({
      queueUrl: env.SPILL_QUEUE_URL,
      onMalformed: (messageId) => log.error('spilled message is no completion', { messageId }),
    }),
    clock: systemClock,
    log,
    metrics: new PowertoolsMetrics(METRICS_NAMESPACE, log),
  });
}
