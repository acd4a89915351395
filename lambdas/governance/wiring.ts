import { randomBytes } from 'node:crypto';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { DynamodbAuditLog } from '#adapters/dynamodb/dynamodb-audit-log.ts';
import { DynamodbQuotaUsage } from '#adapters/dynamodb/dynamodb-quota-usage.ts';
import { DynamodbRouteOverrides } from '#adapters/dynamodb/dynamodb-route-overrides.ts';
import { DynamodbTenantRegistry } from '#adapters/dynamodb/dynamodb-tenant-registry.ts';
import { LogAuditSpill } from '#core/audit/log-audit-spill.ts';
import { RefreshedRouteTable } from '#core/routing/refreshed-route-table.ts';
import { newUlid, sha256, systemClock } from '#runtime/host.ts';
import type { Door } from '#runtime/http.ts';
import { PowertoolsLog } from '#runtime/powertools-log.ts';
import { routeSchema } from '../platform/contract.ts';
import { loadPlatformFile } from '../platform/load-platform-file.ts';
import type { governanceEnv } from './contract.ts';
import { createGovernance } from './governance.ts';

/** Far above any healthy answer, far below the 29 seconds API Gateway waits by default. */
const REQUEST_HANDLER: NonNullable<DynamoDBClientConfig['requestHandler']> = {
  connectionTimeout: 1_000,
  requestTimeout: 3_000,
};

/** The governance door on DynamoDB; the SDK finds region, credentials and endpoint. */
export function wireGovernance(env: ReturnType<typeof governanceEnv.parse>): Door {
  const client = new DynamoDBClient({ requestHandler: REQUEST_HANDLER });
  const log = new PowertoolsLog('governance');
  const platform = loadPlatformFile(env.PLATFORM_FILE);
  const auditLog = new DynamodbAuditLog({
    // The audit log retries by itself.
    client: new DynamoDBClient({ requestHandler: REQUEST_HANDLER, maxAttempts: 1 }),
    tableName: env.AUDIT_TABLE_NAME,
    clock: systemClock,
    random: Math.random,
  });
  const routes = new RefreshedRouteTable({
    bundled: platform.routes,
    overrides: new DynamodbRouteOverrides({
      client,
      tableName: env.CONTROL_TABLE_NAME,
      parseRoute: (value) => v.parse(routeSchema, value),
    }),
    clock: systemClock,
    onProblem: ({ message, name, cause }) => log.warn(message, { route: name, error: cause }),
  });
  return createGovernance({
    registry: new DynamodbTenantRegistry({ client, tableName: env.CONTROL_TABLE_NAME }),
    auditReader: auditLog,
    auditLog,
    // Admin changes are few: a line in the log stream is queue enough.
    auditSpill: new LogAuditSpill((message, fields) => log.error(message, fields)),
    usage: new DynamodbQuotaUsage({ client, tableName: env.QUOTA_TABLE_NAME }),
    routes,
    guardrailPolicies: platform.guardrailPolicies.map(({ id }) => id),
    mint: { randomBytes, sha256 },
    clock: systemClock,
    newId: newUlid,
    log,
    allowedOrigins: env.ALLOWED_ORIGINS,
  });
}
