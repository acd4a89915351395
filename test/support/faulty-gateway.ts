import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { BedrockProvider } from '#adapters/bedrock/bedrock-provider.ts';
import { createBedrockClient } from '#adapters/bedrock/create-bedrock-client.ts';
import { DynamodbAuditLog } from '#adapters/dynamodb/dynamodb-audit-log.ts';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import { DynamodbRouteOverrides } from '#adapters/dynamodb/dynamodb-route-overrides.ts';
import { OpenAiCompatibleProvider } from '#adapters/openai-compatible/openai-compatible-provider.ts';
import { createSecretReader, fetchSecret } from '#adapters/secrets-manager/secret-reader.ts';
import { createSqsClient } from '#adapters/sqs/create-sqs-client.ts';
import { SqsAuditSpill } from '#adapters/sqs/sqs-audit-spill.ts';
import { LogAuditSpill } from '#core/audit/log-audit-spill.ts';
import { RefusalLimiter } from '#core/audit/refusal-limiter.ts';
import type { ModelProvider } from '#core/chat/model-provider.ts';
import type { InferencePorts } from '#core/inference/inference-ports.ts';
import { Circuits } from '#core/resilience/circuits.ts';
import { RetryBudget } from '#core/resilience/retry-budget.ts';
import { RefreshedRouteTable } from '#core/routing/refreshed-route-table.ts';
import type { Clock } from '#core/time/clock.ts';
import { newUlid, sha256 } from '#runtime/host.ts';
import type { Door } from '#runtime/http.ts';
import { bundledPlatform } from '../../bin/local/bundled.ts';
import { createGateway } from '../../lambdas/gateway/gateway.ts';
import { MetricsObserver } from '../../lambdas/gateway/metrics-observer.ts';
import { compileGuards } from '../../lambdas/platform/compile-guards.ts';
import { routeSchema } from '../../lambdas/platform/contract.ts';
import type { Dependencies } from './dependencies.ts';
import type { FaultyPlatformOptions } from './faulty-platform.ts';
import { aRoute, aTarget } from './inference.ts';
import type { RecordingLog, RecordingMetrics } from './recorders.ts';

/** The targets of each route, in order. */
const ROUTES: Readonly<Record<string, readonly string[]>> = {
  chat: ['first'],
  'chat-fallback': ['first', 'second'],
  bedrock: ['bedrock'],
  'bedrock-fallback': ['bedrock', 'second'],
  keyed: ['keyed'],
};

const PRICE = { inputNanoUsd: 1_000, outputNanoUsd: 2_000 };
const LOCAL = {
  region: 'local',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

/** As of every other dependency here: long enough when it is well, short enough to wait for. */
const TIMEOUT_MS = 600;

interface Parts {
  readonly options: FaultyPlatformOptions;
  readonly dependencies: Dependencies;
  readonly client: DynamoDBClient;
  readonly clock: Clock;
  readonly log: RecordingLog;
  readonly metrics: RecordingMetrics;
}

/** The gateway as `lambdas/gateway/wiring.ts` makes it, but for addresses and recorders. */
export function wireFaultyGateway(parts: Parts): Door {
  const { options, client, clock, log, metrics } = parts;
  const store = { client, clock, random: () => 0 };
  const guards = new Map(compileGuards(bundledPlatform().guardrailPolicies));
  if (options.guard !== undefined) guards.set('default', options.guard);
  const ports: InferencePorts = {
    clock,
    random: () => 0,
    hash: sha256,
    routes: routesOf(parts),
    guards,
    providers: providersOf(parts),
    prices: Object.fromEntries(
      ['first', 'second', 'bedrock', 'keyed'].map((name) => [`${name}/m`, PRICE]),
    ),
    quotas: new DynamodbQuotaStore({ ...store, tableName: 'quota' }),
    audit: new DynamodbAuditLog({ ...store, tableName: 'audit' }),
    spill: new SqsAuditSpill({
      queueUrl: `${parts.dependencies.spillQueue.url}/spill`,
      clock,
      fallback: new LogAuditSpill((message, fields) => log.error(message, fields)),
      createClient: () =>
        createSqsClient({ ...LOCAL, endpoint: parts.dependencies.spillQueue.url }, TIMEOUT_MS),
    }),
    refusals: new RefusalLimiter(),
    circuits: new Circuits(),
    retryBudget: new RetryBudget(),
    observer: new MetricsObserver(metrics, log),
  };
  return createGateway({
    ports: options.plant?.(ports) ?? ports,
    newId: newUlid,
    log,
    allowedOrigins: undefined,
  });
}

function routesOf({ options, client, clock, log }: Parts): RefreshedRouteTable {
  return new RefreshedRouteTable({
    bundled: Object.entries(ROUTES).map(([name, providers]) =>
      aRoute(
        providers.map((provider) => aTarget(provider)),
        { name, guardrailPolicy: 'default', ...options.route },
      ),
    ),
    overrides: new DynamodbRouteOverrides({
      client,
      tableName: 'control',
      parseRoute: (value) => v.parse(routeSchema, value),
    }),
    clock,
    onProblem: ({ message, name, cause }) => log.warn(message, { route: name, error: cause }),
  });
}

function providersOf({ dependencies, clock }: Parts): ReadonlyMap<string, ModelProvider> {
  const { first, second, bedrock, secrets } = dependencies;
  const openAi = (name: string, url: string, apiKey?: () => Promise<string>) =>
    new OpenAiCompatibleProvider({
      name,
      baseUrl: `${url}/v1`,
      ...(apiKey === undefined ? {} : { apiKey }),
    });
  const secret = createSecretReader({
    secretArn: 'arn:aws:secretsmanager:local:0:secret:keyed',
    clock,
    fetch: (secretArn) => fetchSecret(secretArn, { ...LOCAL, endpoint: secrets.url }, TIMEOUT_MS),
  });
  return new Map<string, ModelProvider>([
    ['first', openAi('first', first.url)],
    ['second', openAi('second', second.url)],
    ['keyed', openAi('keyed', first.url, secret)],
    [
      'bedrock',
      new BedrockProvider(async () => createBedrockClient({ ...LOCAL, endpoint: bedrock.url })),
    ],
  ]);
}
