import { randomBytes } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { DynamodbAuditLog } from '#adapters/dynamodb/dynamodb-audit-log.ts';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import { DynamodbQuotaUsage } from '#adapters/dynamodb/dynamodb-quota-usage.ts';
import { DynamodbRouteOverrides } from '#adapters/dynamodb/dynamodb-route-overrides.ts';
import type { DynamodbTenantRegistry } from '#adapters/dynamodb/dynamodb-tenant-registry.ts';
import { LogAuditSpill } from '#core/audit/log-audit-spill.ts';
import { RefusalLimiter } from '#core/audit/refusal-limiter.ts';
import type { ModelProvider } from '#core/chat/model-provider.ts';
import { builtInDetectors } from '#core/guardrail/detectors/built-in-detectors.ts';
import { Circuits } from '#core/resilience/circuits.ts';
import { RetryBudget } from '#core/resilience/retry-budget.ts';
import { RefreshedRouteTable } from '#core/routing/refreshed-route-table.ts';
import { newUlid, sha256, systemClock } from '#runtime/host.ts';
import type { Door } from '#runtime/http.ts';
import type { Log, Metrics } from '#runtime/observability.ts';
import type { ScheduledDoor } from '#runtime/scheduled.ts';
import type { DoorName } from '../../lambdas/edge/contract.ts';
import { createGateway } from '../../lambdas/gateway/gateway.ts';
import { MetricsObserver } from '../../lambdas/gateway/metrics-observer.ts';
import { createGovernance } from '../../lambdas/governance/governance.ts';
import { createGuardrail } from '../../lambdas/guardrail/guardrail.ts';
import { Moderator } from '../../lambdas/guardrail/moderate.ts';
import { compileGuards } from '../../lambdas/platform/compile-guards.ts';
import { type PlatformFile, routeSchema } from '../../lambdas/platform/contract.ts';
import { createReconciler } from '../../lambdas/reconciler/reconciler.ts';

export interface LocalParts {
  readonly client: DynamoDBClient;
  readonly registry: DynamodbTenantRegistry;
  readonly platform: PlatformFile;
  readonly providers: ReadonlyMap<string, ModelProvider>;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface LocalDoors {
  readonly doors: Readonly<Record<Exclude<DoorName, 'portal'>, Door>>;
  readonly reconciler: ScheduledDoor;
}

/** The edge lets in pages of this machine only. */
const ALLOWED_ORIGINS = '*';

/** The doors as they run on one machine: the same code as on Lambda, other adapters behind it. */
export function wireDoors(parts: LocalParts): LocalDoors {
  const { client, registry, platform, log, metrics } = parts;
  const clock = systemClock;
  const store = { client, clock, random: Math.random };
  const audit = new DynamodbAuditLog({ ...store, tableName: 'audit' });
  const quotas = new DynamodbQuotaStore({ ...store, tableName: 'quota' });
  const spill = new LogAuditSpill((message, fields) => log.error(message, fields));
  const routes = new RefreshedRouteTable({
    bundled: platform.routes,
    overrides: new DynamodbRouteOverrides({
      client,
      tableName: 'control',
      parseRoute: (value) => v.parse(routeSchema, value),
    }),
    clock,
    onProblem: ({ message, name, cause }) => log.warn(message, { route: name, error: cause }),
  });
  const guards = compileGuards(platform.guardrailPolicies);
  const shared = {
    clock,
    hash: sha256,
    guards,
    audit,
    spill,
    refusals: new RefusalLimiter(),
    newId: newUlid,
    log,
    allowedOrigins: ALLOWED_ORIGINS,
  };
  return {
    doors: {
      gateway: createGateway({
        ...shared,
        ports: {
          ...shared,
          random: Math.random,
          routes,
          providers: parts.providers,
          prices: platform.prices.prices,
          quotas,
          circuits: new Circuits(),
          retryBudget: new RetryBudget(),
          observer: new MetricsObserver(metrics, log),
        },
      }),
      guardrail: createGuardrail({
        ...shared,
        moderator: new Moderator(builtInDetectors),
        metrics,
      }),
      governance: createGovernance({
        ...shared,
        registry,
        auditReader: audit,
        auditLog: audit,
        auditSpill: spill,
        usage: new DynamodbQuotaUsage({ client, tableName: 'quota' }),
        routes,
        guardrailPolicies: platform.guardrailPolicies.map(({ id }) => id),
        mint: { randomBytes, sha256 },
      }),
    },
    reconciler: createReconciler({ orphans: quotas, quotas, audit, clock, log, metrics }),
  };
}
