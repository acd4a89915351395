import type { Outcome } from '../failures/outcome.ts';
import type { Clock } from '../time/clock.ts';
import { buildCaller } from './build-caller.ts';
import type { Caller, Tenant } from './caller.ts';
import { refuse } from './credential-refusal.ts';
import { type ClaimExpectations, judgeClaims, type TokenIdentity } from './judge-claims.ts';
import { isKeySecret, judgeKey } from './judge-key.ts';
import { readBearer } from './read-bearer.ts';
import type { TenantDirectory } from './tenant-directory.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** What a tenant is like whom only a token has named so far. */
type TenantTemplate = Omit<Tenant, 'id' | 'name' | 'version'>;

/** How tokens are accepted. */
interface TokenParts {
  readonly verifier: TokenVerifier;
  readonly expectations: ClaimExpectations;
  /**
   * Stands in for a tenant that the tenant claim names and no store knows.
   *
   * @default none: such a token is refused
   */
  readonly tenantTemplate?: TenantTemplate;
}

export interface AuthenticationParts {
  readonly directory: TenantDirectory;
  /** SHA-256, lower-case hex. */
  readonly hash: (text: string) => string;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** Absent: only keys are accepted. */
  readonly tokens?: TokenParts | undefined;
}

const TENANT_ID = /^[a-z0-9-]{1,63}$/;

/**
 * Finds out who calls from the `authorization` headers of a request, and from nothing else in it.
 *
 * A refusal is a value. Rejects when the directory cannot answer.
 */
export async function authenticate(
  authorization: readonly string[],
  parts: AuthenticationParts,
): Promise<Outcome<Caller>> {
  const credential = readBearer(authorization);
  if (!credential.ok) return credential;
  if (isKeySecret(credential.value)) return authenticateKey(credential.value, parts);
  if (parts.tokens === undefined) return refuse('tokens_not_accepted');
  return authenticateToken(credential.value, parts.tokens, parts);
}

async function authenticateKey(
  secret: string,
  { directory, hash, clock }: AuthenticationParts,
): Promise<Outcome<Caller>> {
  const key = judgeKey(await directory.keyByHash(hash(secret)), clock.nowMs());
  if (!key.ok) return key;
  const { id, tenantId, scopes, limits } = key.value;
  const tenant = await directory.tenant(tenantId);
  if (tenant === undefined) return refuse('unknown_tenant', tenantId);
  return buildCaller(tenant, { keyId: id, scopes, limits });
}

async function authenticateToken(
  token: string,
  tokens: TokenParts,
  { directory, clock }: AuthenticationParts,
): Promise<Outcome<Caller>> {
  const claims = await tokens.verifier.verify(token);
  if (!claims.ok) return claims;
  const identity = judgeClaims(claims.value, tokens.expectations, clock.nowMs());
  if (!identity.ok) return identity;
  const tenant = await tenantOf(identity.value, directory, tokens.tenantTemplate);
  if (!tenant.ok) return tenant;
  const { clientId, scopes } = identity.value;
  return buildCaller(tenant.value, { keyId: `client:${clientId}`, scopes });
}

async function tenantOf(
  { tenantId: claimed, clientId }: TokenIdentity,
  directory: TenantDirectory,
  template: TenantTemplate | undefined,
): Promise<Outcome<Tenant>> {
  const id = claimed ?? (await directory.tenantOfClient(clientId));
  if (id === undefined) return refuse('no_tenant', clientId);
  const tenant = TENANT_ID.test(id) ? await directory.tenant(id) : undefined;
  if (tenant !== undefined) return { ok: true, value: tenant };
  if (claimed === undefined || template === undefined || !TENANT_ID.test(id)) {
    return refuse('unknown_tenant', id);
  }
  return { ok: true, value: { ...template, id, name: id, version: 0 } };
}
