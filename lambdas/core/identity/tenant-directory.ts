import type { Key, Tenant } from './caller.ts';

/** Port. Reads who may call. Rejects when the store cannot answer. */
export interface TenantDirectory {
  tenant(id: string): Promise<Tenant | undefined>;
  keyByHash(hash: string): Promise<Key | undefined>;
  /** The tenant an OAuth2 client acts for, where its tokens carry no tenant claim. */
  tenantOfClient(clientId: string): Promise<string | undefined>;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; hand it back for the next page. Absent on the last one. */
  readonly next?: string;
}

/**
 * Port. Changes who may call.
 *
 * A write names the version it read (0 to create) and gives `false`, changing nothing, when the
 * item has moved on.
 */
export interface TenantRegistry extends TenantDirectory {
  tenants(page?: string): Promise<Page<Tenant>>;
  keys(tenantId: string, page?: string): Promise<Page<Key>>;
  /** Stores `tenant` with version + 1 if the stored version is `tenant.version`. */
  putTenant(tenant: Tenant): Promise<boolean>;
  /** Stores `key` with version + 1 if the stored version is `key.version`. */
  putKey(key: Key): Promise<boolean>;
  putClient(clientId: string, tenantId: string): Promise<void>;
}
