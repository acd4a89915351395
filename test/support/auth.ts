import { createFetchJson } from '#adapters/oidc/fetch-json.ts';
import type { Outcome } from '#core/failures/outcome.ts';
import type { Caller, Key, Tenant } from '#core/identity/caller.ts';
import type { JwksSnapshot } from '#core/identity/jwks-snapshot.ts';
import { sha256 } from '#runtime/host.ts';
import type { Authorize } from '../../lambdas/authorizer/authorizer.ts';
import { authorizerMetrics } from '../../lambdas/authorizer/contract.ts';
import { type TokenSettings, wireAuthorizer } from '../../lambdas/authorizer/wiring.ts';
import { MemoryTenantRegistry } from './memory-tenant-registry.ts';
import { type OidcServer, startOidcServer } from './oidc-server.ts';
import { RecordingLog, RecordingMetrics } from './recorders.ts';
import { TestClock } from './test-clock.ts';
import { type ClaimChanges, claimsAt, createSigner, type Signer, sign } from './tokens.ts';

export const tenantOf = (id: string, changes: Partial<Tenant> = {}): Tenant => ({
  id,
  name: id,
  status: 'active',
  limits: { requestsPerMinute: 10 },
  bodies: 'hash-only',
  version: 0,
  ...changes,
});

export const keyOf = (tenantId: string, secret: string, changes: Partial<Key> = {}): Key => ({
  id: `id-of-${tenantId}`,
  tenantId,
  name: 'a key',
  hash: sha256(secret),
  status: 'active',
  scopes: ['ballast/inference'],
  createdAt: '2025-01-01T00:00:00Z',
  version: 0,
  ...changes,
});

/** The real authorizer before a real issuer on loopback; only clock, tenants and log are ours. */
export interface AuthBench {
  readonly authorize: Authorize;
  readonly issuer: OidcServer;
  readonly signer: Signer;
  readonly clock: TestClock;
  readonly registry: MemoryTenantRegistry;
  readonly log: RecordingLog;
  readonly metrics: RecordingMetrics;
  /** A good token of client `acme-app`, but for the changes. */
  token(changes?: ClaimChanges, header?: Parameters<typeof sign>[2]): Promise<string>;
  present(token: string): Promise<Outcome<Caller>>;
  /** Why credentials were refused, in order. */
  reasons(): readonly (string | undefined)[];
  /** Another process of the same authorizer: nothing of this one's memory. */
  restart(): Authorize;
}

export interface AuthBenchOptions {
  readonly settings?: Partial<TokenSettings>;
  readonly snapshot?: JwksSnapshot;
  /** Published next to the signer's key, or before it. */
  readonly otherKeys?: readonly object[];
  /** How long the issuer may take, in milliseconds. */
  readonly timeoutMs?: number;
}

let sharedSigner: Promise<Signer> | undefined;

export async function startAuth(options: AuthBenchOptions = {}): Promise<AuthBench> {
  sharedSigner ??= createSigner('key-1');
  const signer = await sharedSigner;
  const issuer = await startOidcServer(...(options.otherKeys ?? []), signer.publicJwk);
  const clock = new TestClock();
  const registry = new MemoryTenantRegistry();
  await registry.putTenant(tenantOf('acme'));
  await registry.putClient('acme-app', 'acme');
  const log = new RecordingLog();
  const metrics = new RecordingMetrics();
  const wire = (): Authorize =>
    wireAuthorizer(
      {
        ISSUER: issuer.url,
        AUDIENCES: ['acme-app'],
        TENANT_CLAIM: undefined,
        SCOPE_PREFIX: 'ballast/',
        ...options.settings,
      },
      {
        directory: registry,
        clock,
        log,
        metrics,
        fetchJson: createFetchJson({ timeoutMs: options.timeoutMs ?? 1_500 }),
        ...(options.snapshot === undefined ? {} : { snapshot: options.snapshot }),
      },
    );
  const authorize = wire();
  return {
    authorize,
    issuer,
    signer,
    clock,
    registry,
    log,
    metrics,
    token: (changes, header) => sign(signer, claimsAt(issuer.url, clock.nowMs(), changes), header),
    present: (token) => authorize([`Bearer ${token}`]),
    reasons: () =>
      metrics.emitted
        .filter(({ name }) => name === authorizerMetrics.refusals)
        .map(({ dimensions }) => dimensions['reason']),
    restart: wire,
  };
}
