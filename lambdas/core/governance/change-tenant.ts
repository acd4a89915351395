import type { BodyRetention, Tenant } from '../identity/caller.ts';
import type { Limits } from '../quota/limits.ts';

/** New values by limit; `null` removes the limit, an absent one stays. */
export type LimitsChange = { readonly [Limit in keyof Limits]?: number | null };

/** What an administrator may change of a tenant; absent stays, `null` removes. */
export interface TenantChange {
  readonly name?: string;
  readonly status?: Tenant['status'];
  readonly limits?: LimitsChange;
  readonly routes?: readonly string[] | null;
  readonly guardrailPolicy?: string | null;
  readonly bodies?: BodyRetention;
}

export function changeLimits(limits: Limits, change: LimitsChange): Limits {
  return withoutNulls({ ...limits, ...change });
}

/** The tenant as the change leaves it; the version stays the one that was read. */
export function changeTenant(tenant: Tenant, change: TenantChange): Tenant {
  return withoutNulls({
    ...tenant,
    ...change,
    limits: changeLimits(tenant.limits, change.limits ?? {}),
  });
}

/** A tenant that does not exist yet: version 0, active, bodies kept as hashes only. */
export function newTenant(id: string, change: TenantChange): Tenant {
  const blank: Tenant = {
    id,
    name: id,
    status: 'active',
    limits: {},
    bodies: 'hash-only',
    version: 0,
  };
  return changeTenant(blank, change);
}

type WithoutNulls<T> = { [Name in keyof T]: Exclude<T[Name], null> };

function withoutNulls<T extends object>(value: T): WithoutNulls<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== null),
  ) as WithoutNulls<T>;
}
