import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDynamodbClient } from '#adapters/dynamodb/client.ts';
import { DynamodbTenantRegistry } from '#adapters/dynamodb/dynamodb-tenant-registry.ts';
import { SimulatedProvider } from '#adapters/simulated/simulated-provider.ts';
import type { ModelProvider } from '#core/chat/model-provider.ts';
import { systemClock } from '#runtime/host.ts';
import type { Log, Metrics } from '#runtime/observability.ts';
import { wireAuthorizer } from '../../lambdas/authorizer/wiring.ts';
import { repositoryFiles, wirePortal } from '../../lambdas/portal/wiring.ts';
import { bedrockUpstream } from './bedrock-upstream.ts';
import { bundledPlatform } from './bundled.ts';
import { createTables } from './create-tables.ts';
import { type Database, startDatabase } from './database.ts';
import { type LocalDoors, wireDoors } from './doors.ts';
import { createEdge } from './edge.ts';
import { createIssuer } from './issuer.ts';
import { localPlatformFile } from './platform-file.ts';
import { RequestQueue } from './request-queue.ts';
import { LOCAL_CLIENT, LOCAL_CLIENT_SCOPES, seed } from './seed.ts';
import { type FoundUpstream, findUpstream } from './upstream.ts';

export interface PlatformOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** Where state is kept; undefined keeps it in memory. */
  readonly dataFolder: string | undefined;
  /** An OpenAI-compatible server to serve models from. */
  readonly upstream?: string;
  readonly upstreamApiKey?: string;
  /** Serve Amazon Bedrock's models with the caller's AWS credentials. */
  readonly bedrock?: boolean;
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface RunningPlatform {
  readonly url: string;
  readonly models: readonly string[];
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const RECONCILE_EVERY_MS = 60_000;
/** An emulator in the same process is slow under load, and nobody pays for the wait. */
const EMULATOR_TIMEOUT_MS = 10_000;

/**
 * The platform on one machine, listening on the loopback interface only.
 *
 * @throws Error with a message for people: a port that is taken, a data folder that cannot be used,
 *   an upstream that does not answer.
 */
export async function startPlatform(options: PlatformOptions): Promise<RunningPlatform> {
  const { log, metrics } = options;
  const upstreams = await findUpstreams(options);
  const platform = localPlatformFile(bundledPlatform(), upstreams);
  const server = createServer({ keepAliveTimeout: 60_000 });
  const requests = new RequestQueue(log);
  server.on('request', (request, response) => requests.serve(request, response));
  const url = await listen(server, options.port);
  let database: Database | undefined;
  try {
    database = await startDatabase(options.dataFolder);
    const client = createDynamodbClient({
      endpoint: database.endpoint,
      requestTimeoutMs: EMULATOR_TIMEOUT_MS,
    });
    await createTables(client);
    const registry = new DynamodbTenantRegistry({ client, tableName: 'control' });
    await seed(registry);
    const clients = [{ ...LOCAL_CLIENT, scopes: LOCAL_CLIENT_SCOPES }];
    const clock = systemClock;
    const issuer = await createIssuer({ url, clients, dataFolder: options.dataFolder, clock });
    const authorize = wireAuthorizer(
      {
        ISSUER: url,
        AUDIENCES: [LOCAL_CLIENT.id],
        TENANT_CLAIM: undefined,
        SCOPE_PREFIX: 'ballast/',
      },
      { directory: registry, clock, log, metrics, fetchJson: issuer.fetchJson },
    );
    const providers = new Map<string, ModelProvider>([
      ['simulated', new SimulatedProvider({ clock })],
      ...upstreams.map(({ provider, serves }) => [provider, serves] as const),
    ]);
    const { doors, reconciler } = wireDoors({
      client,
      registry,
      platform,
      providers,
      log,
      metrics,
    });
    const edge = createEdge({
      doors: { ...doors, portal: wirePortal({ files: repositoryFiles(), allowedOrigins: '*' }) },
      authorize,
      extra: (request) => issuer.handle(request),
    });
    requests.open(edge);
    const stopReconciling = reconcileNowAndThen(reconciler, log);
    return {
      url,
      models: platform.routes.map(({ name }) => name),
      close: async () => {
        await stopReconciling();
        await closeServer(server);
        // Their clients have been answered; their records may still be on the way.
        await requests.settled();
        client.destroy();
        await database?.close();
      },
    };
  } catch (thrown) {
    await closeServer(server);
    await database?.close();
    throw thrown;
  }
}

async function findUpstreams(options: PlatformOptions): Promise<readonly FoundUpstream[]> {
  const { upstream, upstreamApiKey, bedrock } = options;
  return [
    ...(upstream === undefined ? [] : [await findUpstream(upstream, upstreamApiKey)]),
    ...(bedrock ? [bedrockUpstream(bundledPlatform().prices)] : []),
  ];
}

async function listen(server: Server, port: number): Promise<string> {
  server.listen(port, HOST);
  try {
    await once(server, 'listening');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    throw new Error(
      `port ${port} is taken; stop what listens there, or choose another with --port`,
      { cause },
    );
  }
  return `http://${HOST}:${(server.address() as AddressInfo).port}`;
}

/** Lets running answers end, but not idle connections. */
async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const impatient = setTimeout(() => server.closeAllConnections(), 2_000);
  await closed;
  clearTimeout(impatient);
}

/** @returns how to stop, once the run that may be under way has ended. */
function reconcileNowAndThen(reconciler: LocalDoors['reconciler'], log: Log): () => Promise<void> {
  let running = Promise.resolve();
  const run = (): void => {
    running = reconciler({ deadlineMs: Date.now() + RECONCILE_EVERY_MS }).catch((error: unknown) =>
      log.error('reconciler failed', { error }),
    );
  };
  run();
  const timer = setInterval(run, RECONCILE_EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    return running;
  };
}
