import type { Clock } from '../time/clock.ts';
import type { Key, Tenant } from './caller.ts';
import { LookupCache, type LookupCacheOptions } from './lookup-cache.ts';
import type { TenantDirectory } from './tenant-directory.ts';

/**
 * A directory that is asked at most once per `ttlMs` for the same thing, and stands in for the
 * store for up to an hour when that cannot answer. A change, a revocation too, is seen within
 * `ttlMs`; a suspension during an outage when the outage ends.
 */
export class CachedTenantDirectory implements TenantDirectory {
  readonly #tenants: LookupCache<Tenant>;
  readonly #keys: LookupCache<Key>;
  readonly #clients: LookupCache<string>;

  constructor(
    directory: TenantDirectory,
    clock: Pick<Clock, 'nowMs'>,
    options: LookupCacheOptions = {},
  ) {
    this.#tenants = new LookupCache((id) => directory.tenant(id), clock, options);
    this.#keys = new LookupCache((hash) => directory.keyByHash(hash), clock, options);
    this.#clients = new LookupCache((id) => directory.tenantOfClient(id), clock, options);
  }

  tenant(id: string): Promise<Tenant | undefined> {
    return this.#tenants.get(id);
  }

  keyByHash(hash: string): Promise<Key | undefined> {
    return this.#keys.get(hash);
  }

  tenantOfClient(clientId: string): Promise<string | undefined> {
    return this.#clients.get(clientId);
  }
}
