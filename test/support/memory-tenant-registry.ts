import type { Key, Tenant } from '#core/identity/caller.ts';
import type { Page, TenantRegistry } from '#core/identity/tenant-directory.ts';

/** A registry in memory; pages hold `pageSize` items so that a test can have more than one. */
export class MemoryTenantRegistry implements TenantRegistry {
  readonly #tenants = new Map<string, Tenant>();
  readonly #keys = new Map<string, Key>();
  readonly #clients = new Map<string, string>();
  readonly #pageSize: number;

  constructor(pageSize = 100) {
    this.#pageSize = pageSize;
  }

  async tenant(id: string): Promise<Tenant | undefined> {
    return this.#tenants.get(id);
  }

  async keyByHash(hash: string): Promise<Key | undefined> {
    return [...this.#keys.values()].find((key) => key.hash === hash);
  }

  async tenantOfClient(clientId: string): Promise<string | undefined> {
    return this.#clients.get(clientId);
  }

  async tenants(page?: string): Promise<Page<Tenant>> {
    return this.#page([...this.#tenants.values()], page);
  }

  async keys(tenantId: string, page?: string): Promise<Page<Key>> {
    const keys = [...this.#keys.values()].filter((key) => key.tenantId === tenantId);
    return this.#page(keys, page);
  }

  async putTenant(tenant: Tenant): Promise<boolean> {
    return put(this.#tenants, tenant.id, tenant);
  }

  async putKey(key: Key): Promise<boolean> {
    return put(this.#keys, `${key.tenantId}/${key.id}`, key);
  }

  async putClient(clientId: string, tenantId: string): Promise<void> {
    this.#clients.set(clientId, tenantId);
  }

  #page<T>(items: readonly T[], page = '0'): Page<T> {
    const start = Number(page);
    const end = start + this.#pageSize;
    return {
      items: items.slice(start, end),
      ...(end < items.length ? { next: String(end) } : {}),
    };
  }
}

function put<T extends { readonly version: number }>(
  items: Map<string, T>,
  id: string,
  item: T,
): boolean {
  if ((items.get(id)?.version ?? 0) !== item.version) return false;
  items.set(id, { ...item, version: item.version + 1 });
  return true;
}
