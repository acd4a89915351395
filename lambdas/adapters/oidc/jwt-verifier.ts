import { type CryptoKey, compactVerify, errors, type JWSHeaderParameters } from 'jose';
import { Failure } from '#core/failures/failure.ts';
import { failed, type Outcome, succeeded } from '#core/failures/outcome.ts';
import {
  CredentialRefusal,
  type RefusalReason,
  refuse,
} from '#core/identity/credential-refusal.ts';
import type { Claims, TokenVerifier } from '#core/identity/token-verifier.ts';
import type { JwksCache } from './jwks-cache.ts';
import { ALGORITHMS, type Algorithm } from './key-set.ts';

/** What `typ` may be, in any case; an ID token may be a plain `JWT` too, which its claims show. */
const TYPES: readonly unknown[] = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];

/**
 * Verifies tokens against the keys their issuer publishes. The key is chosen by `kid` and `alg`;
 * `jwk`, `jku`, `x5c` and `x5u` in a token's header are not even looked at.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8725
 */
export class JwtVerifier implements TokenVerifier {
  readonly #keys: Pick<JwksCache, 'find'>;

  constructor(keys: Pick<JwksCache, 'find'>) {
    this.#keys = keys;
  }

  async verify(token: string): Promise<Outcome<Claims>> {
    try {
      const { payload } = await compactVerify(token, (header) => this.#keyFor(header), {
        algorithms: [...ALGORITHMS],
      });
      return parseClaims(payload);
    } catch (thrown) {
      if (thrown instanceof Failure) return failed(thrown);
      if (thrown instanceof errors.JOSEError) return refuse(reasonOf(thrown));
      throw thrown;
    }
  }

  /** Asked by jose only after the algorithm has passed the list. */
  async #keyFor({ alg, kid, typ, crit }: JWSHeaderParameters): Promise<CryptoKey> {
    if (crit !== undefined) throw new CredentialRefusal('critical_header');
    const type: unknown = typ;
    if (!TYPES.includes(typeof type === 'string' ? type.toLowerCase() : type)) {
      throw new CredentialRefusal('not_an_access_token');
    }
    if (typeof kid !== 'string') throw new CredentialRefusal('unknown_signing_key');
    const key = await this.#keys.find(kid, alg as Algorithm);
    if (!key.ok) throw key.failure;
    return key.value;
  }
}

function reasonOf(thrown: errors.JOSEError): RefusalReason {
  if (thrown instanceof errors.JOSEAlgNotAllowed) return 'forbidden_algorithm';
  if (thrown instanceof errors.JWSSignatureVerificationFailed) return 'bad_signature';
  return 'malformed_token';
}

function parseClaims(payload: Uint8Array): Outcome<Claims> {
  try {
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    const isObject = typeof claims === 'object' && claims !== null && !Array.isArray(claims);
    return isObject ? succeeded(claims as Claims) : refuse('malformed_token');
  } catch {
    // Neither UTF-8 nor JSON; the messages would quote the token.
    return refuse('malformed_token');
  }
}
