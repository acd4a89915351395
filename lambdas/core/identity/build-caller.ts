import { type Outcome, succeeded } from '../failures/outcome.ts';
import type { Limits } from '../quota/limits.ts';
import type { Caller, Scope, Tenant } from './caller.ts';
import { refuse } from './credential-refusal.ts';

/** What a credential adds to its tenant. */
export interface CredentialParts {
  /** The key's id, or `client:<client_id>`. */
  readonly keyId: string;
  readonly scopes: readonly Scope[];
  readonly limits?: Limits | undefined;
}

/** The caller a good credential of a tenant stands for; refused when the tenant is suspended. */
export function buildCaller(tenant: Tenant, credential: CredentialParts): Outcome<Caller> {
  if (tenant.status !== 'active') return refuse('suspended_tenant', tenant.id);
  const { routes, guardrailPolicy } = tenant;
  return succeeded({
    tenantId: tenant.id,
    keyId: credential.keyId,
    scopes: credential.scopes,
    limits: {
      tenant: tenant.limits,
      ...(credential.limits === undefined ? {} : { key: credential.limits }),
    },
    ...(routes === undefined ? {} : { routes }),
    ...(guardrailPolicy === undefined ? {} : { guardrailPolicy }),
    bodies: tenant.bodies,
  });
}
