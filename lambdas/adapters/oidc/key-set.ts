import { type CryptoKey, importJWK, type JWK } from 'jose';
import * as v from 'valibot';
import type { KeySetCopy } from '#core/identity/jwks-snapshot.ts';

/** The algorithms a token may be signed with: no secrets shared with the issuer, no `none`. */
export const ALGORITHMS = ['RS256', 'ES256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

const SMALLEST_RSA_BITS = 2048;
/** An issuer has a handful; more is no key set of one issuer. */
const MOST_KEYS = 100;

const common = {
  kid: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  use: v.optional(v.literal('sig'), 'sig'),
  key_ops: v.optional(
    v.pipe(
      v.array(v.string()),
      v.check((operations) => operations.includes('verify')),
    ),
    ['verify'],
  ),
};

const base64url = v.pipe(v.string(), v.regex(/^[\w-]+$/));

/** `object`, not `strictObject`: private parts, certificates and extensions are left out. */
const keySchema = v.variant('kty', [
  v.object({
    ...common,
    kty: v.literal('RSA'),
    alg: v.optional(v.literal('RS256'), 'RS256'),
    n: v.pipe(
      base64url,
      v.check((modulus) => bitsOf(modulus) >= SMALLEST_RSA_BITS),
    ),
    e: base64url,
  }),
  v.object({
    ...common,
    kty: v.literal('EC'),
    alg: v.optional(v.literal('ES256'), 'ES256'),
    crv: v.literal('P-256'),
    x: base64url,
    y: base64url,
  }),
]);

const keySetSchema = v.object({ keys: v.pipe(v.array(v.unknown()), v.maxLength(MOST_KEYS)) });

type UsableKey = v.InferOutput<typeof keySchema>;

/**
 * The keys of a JWK Set that a token may be signed with. Others in it are passed over: an issuer may
 * publish encryption keys and algorithms that we do not take.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7517
 */
export class KeySet {
  readonly #keys = new Map<string, UsableKey>();
  readonly #imported = new Map<string, Promise<CryptoKey>>();

  /** @throws Error when the document is no key set, or holds no key of use. */
  constructor(document: unknown) {
    const { output, success } = v.safeParse(keySetSchema, document);
    if (!success) throw new Error('the document is not a JWK Set');
    for (const member of output.keys) {
      const key = v.safeParse(keySchema, member);
      if (!key.success) continue;
      const name = nameOf(key.output.kid, key.output.alg);
      if (!this.#keys.has(name)) this.#keys.set(name, key.output);
    }
    if (this.#keys.size === 0) {
      throw new Error(`none of the ${output.keys.length} keys can verify an RS256 or ES256 token`);
    }
  }

  /** The key with this id for this algorithm; one with the id alone is another key. */
  async find(kid: string, algorithm: Algorithm): Promise<CryptoKey | undefined> {
    const name = nameOf(kid, algorithm);
    const key = this.#keys.get(name);
    if (key === undefined) return undefined;
    let imported = this.#imported.get(name);
    if (imported === undefined) {
      imported = importJWK(key as JWK, algorithm) as Promise<CryptoKey>;
      this.#imported.set(name, imported);
    }
    return imported;
  }

  /** The keys as they may be stored: public parts only. */
  toCopy(): KeySetCopy['keys'] {
    return [...this.#keys.values()];
  }
}

const nameOf = (kid: string, algorithm: Algorithm): string => `${algorithm} ${kid}`;

function bitsOf(modulus: string): number {
  const bytes = Buffer.from(modulus, 'base64url');
  const first = bytes.findIndex((byte) => byte !== 0);
  if (first === -1) return 0;
  return (bytes.length - first) * 8 - Math.clz32(bytes[first] ?? 0) + 24;
}
