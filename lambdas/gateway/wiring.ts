import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { createDynamodbClient } from '#adapters/dynamodb/client.ts';
import { DynamodbAuditLog } from '#adapters/dynamodb/dynamodb-audit-log.ts';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import { DynamodbRouteOverrides } from '#adapters/dynamodb/dynamodb-route-overrides.ts';
import { SqsAuditSpill } from '#adapters/sqs/sqs-audit-spill.ts';
import { LogAuditSpill } from '#core/audit/log-audit-spill.ts';
import { RefusalLimiter } from '#core/audit/refusal-limiter.ts';
import type { ModelProvider } from '#core/chat/model-provider.ts';
import { Circuits } from '#core/resilience/circuits.ts';
import { RetryBudget } from '#core/resilience/retry-budget.ts';
import { RefreshedRouteTable } from '#core/routing/refreshed-route-table.ts';
import type { Route } from '#core/routing/route.ts';
import { newUlid, sha256, systemClock } from '#runtime/host.ts';
import type { Door } from '#runtime/http.ts';
import type { Log } from '#runtime/observability.ts';
import { PowertoolsLog } from '#runtime/powertools-log.ts';
import { PowertoolsMetrics } from '#runtime/powertools-metrics.ts';
import { compileGuards } from '../platform/compile-guards.ts';
import { type PlatformFile, type ProviderDefinition, routeSchema } from '../platform/contract.ts';
import { loadPlatformFile } from '../platform/load-platform-file.ts';
import { type gatewayEnv, METRICS_NAMESPACE } from './contract.ts';
import { createGateway } from './gateway.ts';
import { MetricsObserver } from './metrics-observer.ts';

type GatewayEnv = ReturnType<typeof gatewayEnv.parse>;

/** The gateway as it runs on Lambda. Loads the adapters of those providers only that it is to use. */
export async function wireGateway(env: GatewayEnv): Promise<Door> {
  const log = new PowertoolsLog('gateway');
  const metrics = new PowertoolsMetrics(METRICS_NAMESPACE, log);
  const platform = loadPlatformFile(env.PLATFORM_FILE);
  const client = createDynamodbClient();
  const clock = systemClock;
  const store = { client, clock, random: Math.random };
  const routes = routesOf(platform.routes, client, env, log);
  const gateway = createGateway({
    ports: {
      clock,
      random: Math.random,
      hash: sha256,
      routes,
      guards: compileGuards(platform.guardrailPolicies),
      providers: await providersOf(platform.providers),
      prices: platform.prices.prices,
      quotas: new DynamodbQuotaStore({ ...store, tableName: env.QUOTA_TABLE_NAME }),
      audit: new DynamodbAuditLog({ ...store, tableName: env.AUDIT_TABLE_NAME }),
      spill: new SqsAuditSpill({
        queueUrl: env.SPILL_QUEUE_URL,
        clock,
        fallback: new LogAuditSpill((message, fields) => log.error(message, fields)),
      }),
      refusals: new RefusalLimiter(),
      circuits: new Circuits(),
      retryBudget: new RetryBudget(),
      observer: new MetricsObserver(metrics, log),
    },
    newId: newUlid,
    log,
    allowedOrigins: env.ALLOWED_ORIGINS,
  });
  // Signs, connects and parses for the first time as soon as the handler exists, before a request does.
  setImmediate(() => void routes.refresh());
  return gateway;
}

const routesOf = (
  bundled: readonly Route[],
  client: DynamoDBClient,
  env: GatewayEnv,
  log: Log,
): RefreshedRouteTable =>
  new RefreshedRouteTable({
    bundled,
    overrides: new DynamodbRouteOverrides({
      client,
      tableName: env.CONTROL_TABLE_NAME,
      parseRoute: (value) => v.parse(routeSchema, value),
    }),
    clock: systemClock,
    onProblem: ({ message, name, cause }) => log.warn(message, { route: name, error: cause }),
  });

async function providersOf(
  definitions: PlatformFile['providers'],
): Promise<ReadonlyMap<string, ModelProvider>> {
  const providers = new Map<string, ModelProvider>();
  for (const [name, definition] of Object.entries(definitions)) {
    providers.set(name, await providerOf(name, definition));
  }
  return providers;
}

async function providerOf(name: string, definition: ProviderDefinition): Promise<ModelProvider> {
  if (definition.kind === 'bedrock') return bedrockProvider(definition.region);
  const [{ OpenAiCompatibleProvider }, { createSecretReader }] = await Promise.all([
    import('#adapters/openai-compatible/openai-compatible-provider.ts'),
    import('#adapters/secrets-manager/secret-reader.ts'),
  ]);
  const { baseUrl, apiKeySecretArn: secretArn } = definition;
  const apiKey =
    secretArn === undefined
      ? {}
      : { apiKey: createSecretReader({ secretArn, clock: systemClock }) };
  return new OpenAiCompatibleProvider({ name, baseUrl, ...apiKey });
}

async function bedrockProvider(region: string | undefined): Promise<ModelProvider> {
  const { BedrockProvider } = await import('#adapters/bedrock/bedrock-provider.ts');
  // Its SDK is a third of the bundle: loaded by whoever calls Bedrock first.
  return new BedrockProvider(async () => {
    const { createBedrockClient } = await import('#adapters/bedrock/create-bedrock-client.ts');
    return createBedrockClient(region === undefined ? {} : { region });
  });
}
