import { type Outcome, succeeded } from '../failures/outcome.ts';
import { SCOPES, type Scope } from './caller.ts';
import { type RefusalReason, refuse } from './credential-refusal.ts';
import type { Claims } from './token-verifier.ts';

/** What a token must say to be accepted. */
export interface ClaimExpectations {
  /** `iss`, character by character. */
  readonly issuer: string;
  /** Accepted values of `aud` or, where a token has none, of its client; none accepts nothing. */
  readonly audiences: readonly string[];
  /** Name of the claim that holds the tenant's id; absent: tenants are found by client. */
  readonly tenantClaim?: string | undefined;
  /** What stands before our scope names in a token: `ballast/` in `ballast/inference`. */
  readonly scopePrefix: string;
}

/** Who a token speaks for. */
export interface TokenIdentity {
  readonly clientId: string;
  /** As claimed and signed; undefined when the tenant is to be found by client. */
  readonly tenantId: string | undefined;
  readonly scopes: readonly Scope[];
}

/** How far our clock and the issuer's may be apart, in seconds. */
const CLOCK_TOLERANCE_S = 60;
/** No issuer gives out such a token; one that seems so has its times in milliseconds. */
const LONGEST_LIFETIME_S = 366 * 86_400;

/** RFC 9068 says `client_id`; `azp` is OpenID Connect's, `cid` Okta's, `appid` Entra ID's. */
const CLIENT_CLAIMS = ['client_id', 'azp', 'cid', 'appid'] as const;
const CLIENT_ID = /^[\x21-\x7e]{1,128}$/;

type Check = (
  claims: Claims,
  expected: ClaimExpectations,
  nowS: number,
) => RefusalReason | undefined;

const checks: readonly Check[] = [checkIssuer, checkKind, checkTimes, checkAudience];

/**
 * Judges the claims of a token whose signature is good.
 *
 * Scopes we do not know are ignored; a token may end up with none, which the doors refuse.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9068#section-4
 */
export function judgeClaims(
  claims: Claims,
  expected: ClaimExpectations,
  nowMs: number,
): Outcome<TokenIdentity> {
  for (const check of checks) {
    const reason = check(claims, expected, nowMs / 1000);
    if (reason !== undefined) return refuse(reason);
  }
  const clientId = clientOf(claims);
  if (clientId === undefined) return refuse('no_client');
  const tenantId =
    expected.tenantClaim === undefined ? undefined : own(claims, expected.tenantClaim);
  if (tenantId !== undefined && typeof tenantId !== 'string') return refuse('no_tenant');
  return succeeded({ clientId, tenantId, scopes: scopesOf(claims, expected.scopePrefix) });
}

function checkIssuer(claims: Claims, { issuer }: ClaimExpectations): RefusalReason | undefined {
  return own(claims, 'iss') === issuer ? undefined : 'wrong_issuer';
}

/** Cognito says `token_use`, Keycloak `typ`; hashes of other tokens stand in ID tokens only. */
function checkKind(claims: Claims): RefusalReason | undefined {
  const use = own(claims, 'token_use') ?? 'access';
  const type = own(claims, 'typ') ?? 'Bearer';
  const hashes = own(claims, 'at_hash') ?? own(claims, 'c_hash');
  const isAccess = use === 'access' && type === 'Bearer' && hashes === undefined;
  return isAccess ? undefined : 'not_an_access_token';
}

function checkTimes(
  claims: Claims,
  _expected: ClaimExpectations,
  nowS: number,
): RefusalReason | undefined {
  const exp = own(claims, 'exp');
  const nbf = own(claims, 'nbf') ?? 0;
  const iat = own(claims, 'iat') ?? 0;
  if (!isTime(exp) || !isTime(nbf) || !isTime(iat)) return 'absurd_times';
  if (nowS >= exp + CLOCK_TOLERANCE_S) return 'token_expired';
  if (exp > nowS + LONGEST_LIFETIME_S || iat > exp) return 'absurd_times';
  return nowS < Math.max(nbf, iat) - CLOCK_TOLERANCE_S ? 'token_not_yet_valid' : undefined;
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** An access token of Cognito has no `aud`: there the client stands for it. */
function checkAudience(
  claims: Claims,
  { audiences }: ClaimExpectations,
): RefusalReason | undefined {
  const named = own(claims, 'aud') ?? clientOf(claims);
  const candidates: readonly unknown[] = Array.isArray(named) ? named : [named];
  const isOurs = candidates.some((one) => typeof one === 'string' && audiences.includes(one));
  return isOurs ? undefined : 'wrong_audience';
}

function clientOf(claims: Claims): string | undefined {
  const named = CLIENT_CLAIMS.map((name) => own(claims, name)).find((id) => id !== undefined);
  return typeof named === 'string' && CLIENT_ID.test(named) ? named : undefined;
}

function scopesOf(claims: Claims, prefix: string): readonly Scope[] {
  const granted = new Set(['scope', 'scp'].flatMap((name) => wordsOf(own(claims, name))));
  return SCOPES.filter((scope) => granted.has(`${prefix}${scope.slice('ballast/'.length)}`));
}

/** OAuth2 separates by spaces, Okta sends a list. */
function wordsOf(value: unknown): readonly unknown[] {
  if (typeof value === 'string') return value.split(' ');
  return Array.isArray(value) ? value : [];
}

/** A claim the token itself has; null is as good as none. */
function own(claims: Claims, name: string): unknown {
  return Object.hasOwn(claims, name) ? (claims[name] ?? undefined) : undefined;
}
