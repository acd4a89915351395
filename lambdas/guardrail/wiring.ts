import { createDynamodbClient } from '#adapters/dynamodb/client.ts';
import { DynamodbAuditLog } from '#adapters/dynamodb/dynamodb-audit-log.ts';
import { SqsAuditSpill } from '#adapters/sqs/sqs-audit-spill.ts';
import { LogAuditSpill } from '#core/audit/log-audit-spill.ts';
import { RefusalLimiter } from '#core/audit/refusal-limiter.ts';
import { builtInDetectors } from '#core/guardrail/detectors/built-in-detectors.ts';
import { newUlid, sha256, systemClock } from '#runtime/host.ts';
import type { Door } from '#runtime/http.ts';
import { PowertoolsLog } from '#runtime/powertools-log.ts';
import { PowertoolsMetrics } from '#runtime/powertools-metrics.ts';
import { METRICS_NAMESPACE } from '../gateway/contract.ts';
import { compileGuards } from '../platform/compile-guards.ts';
import { loadPlatformFile } from '../platform/load-platform-file.ts';
import type { guardrailEnv } from './contract.ts';
import { createGuardrail } from './guardrail.ts';
import { Moderator } from './moderate.ts';

/** The moderation door as it runs on Lambda. */
export function wireGuardrail(env: ReturnType<typeof guardrailEnv.parse>): Door {
  const log = new PowertoolsLog('guardrail');
  const clock = systemClock;
  const { guardrailPolicies } = loadPlatformFile(env.PLATFORM_FILE);
  return createGuardrail({
    clock,
    newId: newUlid,
    hash: sha256,
    moderator: new Moderator(builtInDetectors),
    guards: compileGuards(guardrailPolicies),
    audit: new DynamodbAuditLog({
      client: createDynamodbClient(),
      tableName: env.AUDIT_TABLE_NAME,
      clock,
      random: Math.random,
    }),
    spill: new SqsAuditSpill({
      queueUrl: env.SPILL_QUEUE_URL,
      clock,
      fallback: new LogAuditSpill((message, fields) => log.error(message, fields)),
    }),
    refusals: new RefusalLimiter(),
    log,
    metrics: new PowertoolsMetrics(METRICS_NAMESPACE, log),
    allowedOrigins: env.ALLOWED_ORIGINS,
  });
}
