import { createDynamodbClient } from '#adapters/dynamodb/client.ts';
import { DynamodbJwksSnapshot } from '#adapters/dynamodb/dynamodb-jwks-snapshot.ts';
import { DynamodbTenantRegistry } from '#adapters/dynamodb/dynamodb-tenant-registry.ts';
import { createFetchJson, type FetchJson } from '#adapters/oidc/fetch-json.ts';
import { JwksCache, STALE_AFTER_MS } from '#adapters/oidc/jwks-cache.ts';
import { JwtVerifier } from '#adapters/oidc/jwt-verifier.ts';
import { CachedTenantDirectory } from '#core/identity/cached-tenant-directory.ts';
import type { JwksSnapshot } from '#core/identity/jwks-snapshot.ts';
import type { TenantDirectory } from '#core/identity/tenant-directory.ts';
import type { Clock } from '#core/time/clock.ts';
import { sha256, systemClock } from '#runtime/host.ts';
import type { Log, Metrics } from '#runtime/observability.ts';
import { PowertoolsLog } from '#runtime/powertools-log.ts';
import { PowertoolsMetrics } from '#runtime/powertools-metrics.ts';
import { METRICS_NAMESPACE } from '../gateway/contract.ts';
import { type Authorize, createAuthorize } from './authorizer.ts';
import type { authorizerEnv } from './contract.ts';
import { serveAuthorizer } from './serve-authorizer.ts';

type Env = ReturnType<typeof authorizerEnv.parse>;

/** What of the environment decides about tokens. */
export type TokenSettings = Pick<Env, 'ISSUER' | 'AUDIENCES' | 'TENANT_CLAIM' | 'SCOPE_PREFIX'>;

export interface AuthorizerPorts {
  /** Asked at most once in 15 s for the same thing. */
  readonly directory: TenantDirectory;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Keeps the issuer's keys for a cold start while the issuer is down. */
  readonly snapshot?: JwksSnapshot;
  /** How the issuer's documents are had. */
  readonly fetchJson: FetchJson;
}

/** The authorizer on any host. With an issuer configured it begins to read its keys at once. */
export function wireAuthorizer(settings: TokenSettings, ports: AuthorizerPorts): Authorize {
  const { clock, log, metrics } = ports;
  const keys = wireKeys(settings.ISSUER, ports);
  void keys?.warm();
  return createAuthorize({
    directory: new CachedTenantDirectory(ports.directory, clock),
    hash: sha256,
    clock,
    log,
    metrics,
    tokens: keys && {
      verifier: new JwtVerifier(keys),
      expectations: {
        issuer: settings.ISSUER ?? '',
        audiences: settings.AUDIENCES,
        tenantClaim: settings.TENANT_CLAIM,
        scopePrefix: settings.SCOPE_PREFIX,
      },
    },
    staleKeysAgeMs: () => {
      const ageMs = keys?.status()?.ageMs ?? 0;
      return ageMs >= STALE_AFTER_MS ? ageMs : undefined;
    },
  });
}

function wireKeys(
  issuer: string | undefined,
  { fetchJson, clock, snapshot, log }: AuthorizerPorts,
): JwksCache | undefined {
  if (issuer === undefined) return undefined;
  return new JwksCache({
    issuer,
    fetchJson,
    clock,
    snapshot,
    onProblem: (message, cause) => log.error(message, { issuer, error: cause }),
  });
}

/** The authorizer as it runs on Lambda. */
export function createAuthorizerOnAws(env: Env): ReturnType<typeof serveAuthorizer> {
  // Only reads and one idempotent write: a connection that died in a frozen process costs nobody.
  const client = createDynamodbClient({ maxAttempts: 2 });
  const tableName = env.CONTROL_TABLE_NAME;
  const log = new PowertoolsLog('authorizer');
  const authorize = wireAuthorizer(env, {
    directory: new DynamodbTenantRegistry({ client, tableName }),
    clock: systemClock,
    log,
    metrics: new PowertoolsMetrics(METRICS_NAMESPACE, log),
    fetchJson: createFetchJson(),
    ...(env.ISSUER === undefined
      ? {}
      : { snapshot: new DynamodbJwksSnapshot({ client, tableName, issuer: env.ISSUER }) }),
  });
  return serveAuthorizer(authorize);
}
