import { newTenant } from '#core/governance/change-tenant.ts';
import { type Mint, type MintedKey, mintKey } from '#core/governance/mint-key.ts';
import type { Key, Scope, Tenant } from '#core/identity/caller.ts';
import type { TenantRegistry } from '#core/identity/tenant-directory.ts';
import { CliError } from './cli-error.ts';

export interface FirstAdminOrder {
  readonly tenantId: string;
  /** Replace the administrators there are: theirs are revoked, a suspended tenant is revived. */
  readonly force: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

export interface FirstAdmin {
  readonly admin: MintedKey;
  /** For the first inferences; it administers nothing. */
  readonly first: MintedKey;
  /** Ids of the admin keys that `force` has revoked. */
  readonly revoked: readonly string[];
}

/**
 * Writes the first tenant, an admin key and a key for inferences.
 *
 * New keys are stored before old ones are revoked: cut in between, it leaves one administrator too
 * many, never none.
 *
 * @throws CliError when the tenant has an administrator and `force` is not given.
 */
export async function createFirstAdmin(
  order: FirstAdminOrder,
  registry: TenantRegistry,
  mint: Mint,
): Promise<FirstAdmin> {
  const { tenantId, force } = order;
  const admins = await activeAdmins(tenantId, registry);
  if (admins.length > 0 && !force) {
    throw new CliError(
      'admin_exists',
      `tenant '${tenantId}' has ${admins.length} admin key(s) already: ${admins.map(({ id }) => id).join(', ')}; use one of them, or --force to revoke them and make a new one`,
    );
  }
  await activate(tenantId, registry);
  const store = async (name: string, scopes: readonly Scope[]): Promise<MintedKey> => {
    const minted = mintKey({ tenantId, name, scopes, createdAt: order.createdAt }, mint);
    await stored(registry.putKey(minted.key), tenantId);
    return minted;
  };
  const admin = await store('admin', ['ballast/admin', 'ballast/audit']);
  const first = await store('first', ['ballast/inference', 'ballast/audit']);
  for (const key of admins) {
    await stored(registry.putKey({ ...key, status: 'revoked' }), tenantId);
  }
  return { admin, first, revoked: admins.map(({ id }) => id) };
}

async function activeAdmins(tenantId: string, registry: TenantRegistry): Promise<readonly Key[]> {
  const admins: Key[] = [];
  let page: string | undefined;
  do {
    const { items, next } = await registry.keys(tenantId, page);
    admins.push(...items.filter(isActiveAdmin));
    page = next;
  } while (page !== undefined);
  return admins;
}

const isActiveAdmin = (key: Key): boolean =>
  key.status === 'active' && key.scopes.includes('ballast/admin');

async function activate(tenantId: string, registry: TenantRegistry): Promise<void> {
  const tenant: Tenant = (await registry.tenant(tenantId)) ?? newTenant(tenantId, {});
  if (tenant.version > 0 && tenant.status === 'active') return;
  await stored(registry.putTenant({ ...tenant, status: 'active' }), tenantId);
}

async function stored(written: Promise<boolean>, tenantId: string): Promise<void> {
  if (await written) return;
  throw new CliError(
    'conflict',
    `tenant '${tenantId}' was changed by somebody else meanwhile; run bootstrap again`,
  );
}
