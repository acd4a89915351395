// The gateway door behind Node's own HTTP server: everything real but the two AWS tables, which are
// either left out or a loopback stub behind the real SDK.
import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { createDynamodbClient } from '#adapters/dynamodb/client.ts';
import { DynamodbAuditLog } from '#adapters/dynamodb/dynamodb-audit-log.ts';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import { DynamodbRouteOverrides } from '#adapters/dynamodb/dynamodb-route-overrides.ts';
import { OpenAiCompatibleProvider } from '#adapters/openai-compatible/openai-compatible-provider.ts';
import { LogAuditSpill } from '#core/audit/log-audit-spill.ts';
import { RefusalLimiter } from '#core/audit/refusal-limiter.ts';
import type { InferencePorts } from '#core/inference/inference-ports.ts';
import { Circuits } from '#core/resilience/circuits.ts';
import { RetryBudget } from '#core/resilience/retry-budget.ts';
import { RefreshedRouteTable } from '#core/routing/refreshed-route-table.ts';
import { Cancellation } from '#core/time/cancellation.ts';
import { newUlid, sha256, systemClock } from '#runtime/host.ts';
import type { HttpRequest } from '#runtime/http.ts';
import { PowertoolsLog } from '#runtime/powertools-log.ts';
import { PowertoolsMetrics } from '#runtime/powertools-metrics.ts';
import { NodeResponder } from '../../../bin/local/node-responder.ts';
import policies from '../../../config/guardrail-policies.json' with { type: 'json' };
import { METRICS_NAMESPACE } from '../../../lambdas/gateway/contract.ts';
import { createGateway } from '../../../lambdas/gateway/gateway.ts';
import { MetricsObserver } from '../../../lambdas/gateway/metrics-observer.ts';
import { compileGuards } from '../../../lambdas/platform/compile-guards.ts';
import { guardrailPolicySchema, routeSchema } from '../../../lambdas/platform/contract.ts';
import { benchCaller, benchPrices, benchRoute } from '../load/bench-call.ts';
import { AgreeingQuotaStore, ForgetfulAuditLog } from './agreeing-stores.ts';
import { serve, settings, textOf } from './serve.ts';

const {
  upstreamPort,
  dynamodbPort,
  sleepMs = 0,
} = settings<{
  readonly upstreamPort: number;
  readonly dynamodbPort?: number;
  /** Planted before each request, to see whether the bench notices. */
  readonly sleepMs?: number;
}>();

const parseRoute = (value: unknown) => v.parse(routeSchema, value);
const bundled = [parseRoute(benchRoute)];
const clock = systemClock;
const log = new PowertoolsLog('gateway');

function storesInMemory(): Pick<InferencePorts, 'quotas' | 'audit' | 'routes'> {
  return {
    quotas: new AgreeingQuotaStore(),
    audit: new ForgetfulAuditLog(),
    routes: {
      route: (name) => bundled.find((route) => route.name === name),
      all: () => bundled,
    },
  };
}

function storesOnAws(port: number): Pick<InferencePorts, 'quotas' | 'audit' | 'routes'> {
  const client = createDynamodbClient({ endpoint: `http://127.0.0.1:${port}` });
  const store = { client, clock, random: Math.random };
  return {
    quotas: new DynamodbQuotaStore({ ...store, tableName: 'quota' }),
    audit: new DynamodbAuditLog({ ...store, tableName: 'audit' }),
    routes: new RefreshedRouteTable({
      bundled,
      overrides: new DynamodbRouteOverrides({ client, tableName: 'control', parseRoute }),
      clock,
      onProblem: ({ message, cause }) => log.warn(message, { error: cause }),
    }),
  };
}

const gateway = createGateway({
  ports: {
    ...(dynamodbPort === undefined ? storesInMemory() : storesOnAws(dynamodbPort)),
    clock,
    random: Math.random,
    hash: sha256,
    guards: compileGuards(v.parse(v.array(guardrailPolicySchema), policies)),
    providers: new Map([
      [
        'mock',
        new OpenAiCompatibleProvider({
          name: 'mock',
          baseUrl: `http://127.0.0.1:${upstreamPort}/v1`,
        }),
      ],
    ]),
    prices: benchPrices,
    spill: new LogAuditSpill((message, fields) => log.error(message, fields)),
    refusals: new RefusalLimiter(),
    circuits: new Circuits(),
    retryBudget: new RetryBudget(),
    observer: new MetricsObserver(new PowertoolsMetrics(METRICS_NAMESPACE, log), log),
  },
  newId: newUlid,
  log,
  allowedOrigins: undefined,
});

serve(async (incoming, response) => {
  if (sleepMs > 0) await pause(sleepMs);
  const request: HttpRequest = {
    method: incoming.method ?? 'POST',
    path: incoming.url ?? '/',
    query: {},
    headers: incoming.headers as Record<string, string>,
    body: await textOf(incoming),
    caller: benchCaller,
  };
  await gateway(request, new NodeResponder(response), {
    deadlineMs: Date.now() + 60_000,
    disconnected: new Cancellation(),
  });
});
