import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDynamodbClient } from '#adapters/dynamodb/client.ts';
import { DynamodbTenantRegistry } from '#adapters/dynamodb/dynamodb-tenant-registry.ts';
import { createFetchJson } from '#adapters/oidc/fetch-json.ts';
import type { Guard } from '#core/guardrail/guard.ts';
import type { InferencePorts } from '#core/inference/inference-ports.ts';
import type { Limits } from '#core/quota/limits.ts';
import type { Route } from '#core/routing/route.ts';
import type { Clock } from '#core/time/clock.ts';
import { describeError } from '#runtime/describe-error.ts';
import { systemClock } from '#runtime/host.ts';
import { createEdge } from '../../bin/local/edge.ts';
import { RequestQueue } from '../../bin/local/request-queue.ts';
import { wireAuthorizer } from '../../lambdas/authorizer/wiring.ts';
import { keyOf, tenantOf } from './auth.ts';
import { type Dependencies, startDependencies } from './dependencies.ts';
import { wireFaultyGateway } from './faulty-gateway.ts';
import { RecordingLog, RecordingMetrics } from './recorders.ts';
import { claimsAt, sign } from './tokens.ts';

/** What no log line, metric or error message may ever hold. */
export const SECRETS = {
  prompt: 'the-quick-brown-canary',
  card: '4111 1111 1111 1111',
  key: 'sk-fault-acme',
  providerKey: 'sk-provider-7d1f0c',
} as const;

export interface FaultyPlatformOptions {
  /** Of the gateway and the authorizer. @default the host's */
  readonly clock?: Clock;
  /** Of every route. */
  readonly route?: Partial<Route>;
  /** Of both tenants. */
  readonly limits?: Limits;
  /** In place of the policy `default`. */
  readonly guard?: Guard;
  /** Changes what the gateway is made of: to plant a defect. */
  readonly plant?: (ports: InferencePorts) => InferencePorts;
  /** How long a store may take. @default 600 */
  readonly storeTimeoutMs?: number;
  /** Seconds that the issuer's clock is ahead of ours. */
  readonly issuerAheadS?: number;
}

/** The real doors and adapters on one machine, each dependency behind a proxy that can fail. */
export interface FaultyPlatform extends Dependencies {
  /** With `/v1`. */
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly log: RecordingLog;
  readonly metrics: RecordingMetrics;
  /** An access token of tenant `acme`. */
  token(): Promise<string>;
  /** Resolves when every request so far has been answered and recorded. */
  settled(): Promise<void>;
  /** The authorizer forgets what it knew, as in a new process. */
  restartAuthorizer(): void;
  close(): Promise<void>;
}

/** Long enough for an emulator on a busy machine, short enough to wait for. */
const STORE_TIMEOUT_MS = 600;

export async function startFaultyPlatform(
  options: FaultyPlatformOptions = {},
): Promise<FaultyPlatform> {
  const { clock = systemClock, limits = {}, issuerAheadS = 0 } = options;
  const { storeTimeoutMs = STORE_TIMEOUT_MS } = options;
  const dependencies = await startDependencies(SECRETS.providerKey);
  const { dynamodb, dynalite, issuer, signer } = dependencies;
  const log = new RecordingLog((error) => describeError(error));
  const metrics = new RecordingMetrics();
  const client = createDynamodbClient({
    endpoint: dynamodb.url,
    requestTimeoutMs: storeTimeoutMs,
    connectionTimeoutMs: storeTimeoutMs,
  });
  await seedTenants(
    new DynamodbTenantRegistry({ client: dynalite.client, tableName: 'control' }),
    limits,
  );
  const authorizer = () =>
    wireAuthorizer(
      {
        ISSUER: issuer.url,
        AUDIENCES: ['acme-app'],
        TENANT_CLAIM: undefined,
        SCOPE_PREFIX: 'ballast/',
      },
      {
        directory: new DynamodbTenantRegistry({ client, tableName: 'control' }),
        clock,
        log,
        metrics,
        fetchJson: createFetchJson({ timeoutMs: STORE_TIMEOUT_MS }),
      },
    );
  let authorize = authorizer();
  const gateway = wireFaultyGateway({ options, dependencies, client, clock, log, metrics });
  const requests = new RequestQueue(log);
  requests.open(
    createEdge({
      // Only the gateway is behind this edge; it knows no other door's paths.
      doors: { gateway, guardrail: gateway, governance: gateway, portal: gateway },
      authorize: (headers) => authorize(headers),
      extra: async () => undefined,
    }),
  );
  const server = createServer((request, response) => requests.serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...dependencies,
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    clock,
    log,
    metrics,
    token: () => sign(signer, claimsAt(issuer.url, clock.nowMs() + issuerAheadS * 1000)),
    settled: () => requests.settled(),
    restartAuthorizer: () => {
      authorize = authorizer();
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await dependencies.close();
      await requests.settled();
      client.destroy();
    },
  };
}

async function seedTenants(registry: DynamodbTenantRegistry, limits: Limits): Promise<void> {
  for (const id of ['acme', 'globex']) {
    await registry.putTenant(tenantOf(id, { limits }));
    await registry.putKey(keyOf(id, `sk-fault-${id}`));
  }
  await registry.putClient('acme-app', 'acme');
}
