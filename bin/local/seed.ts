import { type Key, SCOPES, type Scope, type Tenant } from '#core/identity/caller.ts';
import type { TenantRegistry } from '#core/identity/tenant-directory.ts';
import { nanoUsd } from '#core/quota/limits.ts';
import { sha256 } from '#runtime/host.ts';

/** The keys that `npm start` prints; fixed, so that every example can name them. */
export const LOCAL_KEYS = {
  demo: 'sk-local-demo',
  tiny: 'sk-local-tiny',
  admin: 'sk-local-admin',
} as const;

/** OAuth2 client of tenant `demo`. */
export const LOCAL_CLIENT = { id: 'demo', secret: 'demo-secret' } as const;

export const LOCAL_CLIENT_SCOPES: readonly Scope[] = ['ballast/inference', 'ballast/audit'];

const TENANTS: readonly Tenant[] = [
  tenant('demo', 'Demo', {
    requestsPerMinute: 6_000,
    tokensPerMinute: 10_000_000,
    tokensPerDay: 100_000_000,
    nanoUsdPerDay: nanoUsd(100),
    nanoUsdPerMonth: nanoUsd(1_000),
  }),
  tenant('tiny', 'Tiny', {
    requestsPerMinute: 5,
    tokensPerMinute: 2_000,
    nanoUsdPerDay: nanoUsd(0.05),
  }),
  tenant('operator', 'Operator', {}),
];

const KEYS: readonly Key[] = [
  key('demo', LOCAL_KEYS.demo, LOCAL_CLIENT_SCOPES),
  key('tiny', LOCAL_KEYS.tiny, LOCAL_CLIENT_SCOPES),
  key('operator', LOCAL_KEYS.admin, SCOPES),
];

/** Puts the tenants and keys of a fresh local platform; leaves alone what is already there. */
export async function seed(registry: TenantRegistry): Promise<void> {
  for (const entry of TENANTS) {
    if ((await registry.tenant(entry.id)) === undefined) await registry.putTenant(entry);
  }
  for (const entry of KEYS) {
    if ((await registry.keyByHash(entry.hash)) === undefined) await registry.putKey(entry);
  }
  await registry.putClient(LOCAL_CLIENT.id, 'demo');
}

function tenant(id: string, name: string, limits: Tenant['limits']): Tenant {
  return { id, name, status: 'active', limits, bodies: 'redacted', version: 0 };
}

function key(tenantId: string, secret: string, scopes: readonly Scope[]): Key {
  return {
    id: `local-${tenantId}`.padEnd(12, '-').slice(0, 12),
    tenantId,
    name: `seeded for ${tenantId}`,
    hash: sha256(secret),
    status: 'active',
    scopes,
    createdAt: '2026-01-01T00:00:00Z',
    version: 0,
  };
}
