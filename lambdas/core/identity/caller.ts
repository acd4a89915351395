import type { Limits, ScopedLimits } from '../quota/limits.ts';

/** What a credential may do. */
export type Scope = 'ballast/inference' | 'ballast/audit' | 'ballast/admin';

export const SCOPES: readonly Scope[] = ['ballast/inference', 'ballast/audit', 'ballast/admin'];

/** What is kept of request and response bodies in the audit record. */
export type BodyRetention = 'full' | 'redacted' | 'hash-only';

/** Who pays. */
export interface Tenant {
  /** Lower-case letters, digits and dashes, 1 to 63 characters. */
  readonly id: string;
  readonly name: string;
  readonly status: 'active' | 'suspended';
  readonly limits: Limits;
  /** Routes the tenant may call; absent means all. */
  readonly routes?: readonly string[];
  /** Name of the guardrail policy; absent means the route's own. */
  readonly guardrailPolicy?: string;
  readonly bodies: BodyRetention;
  /** Rises by one with each change; a change names the version it read. */
  readonly version: number;
}

/** A credential of a tenant. The secret itself is shown once and never stored. */
export interface Key {
  /** 12 characters, unique within the tenant. */
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  /** SHA-256 of the whole `sk-…` secret, lower-case hex. */
  readonly hash: string;
  readonly status: 'active' | 'revoked';
  readonly scopes: readonly Scope[];
  readonly limits?: Limits;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC; absent means never. */
  readonly expiresAt?: string;
  readonly version: number;
}

/**
 * Who calls, as the authorizer vouches for it: everything a cold gateway must know before it
 * reserves. Nothing in a request's headers or body can change it.
 */
export interface Caller {
  readonly tenantId: string;
  /** The key's id, or `client:<client_id>` behind a JWT. */
  readonly keyId: string;
  readonly scopes: readonly Scope[];
  readonly limits: ScopedLimits;
  readonly routes?: readonly string[];
  readonly guardrailPolicy?: string;
  readonly bodies: BodyRetention;
}

export const hasScope = (caller: Caller, scope: Scope): boolean => caller.scopes.includes(scope);
