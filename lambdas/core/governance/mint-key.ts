import type { Key, Scope } from '../identity/caller.ts';
import type { Limits } from '../quota/limits.ts';

/** What a new key is to be. */
export interface KeyOrder {
  readonly tenantId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly limits?: Limits;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC; absent means never. */
  readonly expiresAt?: string;
}

/** What minting needs of its host. */
export interface Mint {
  /** Cryptographically random bytes. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** Lower-case hex. */
  readonly sha256: (text: string) => string;
}

export interface MintedKey {
  /** Version 0: not stored yet. */
  readonly key: Key;
  /** `sk-` and 256 random bits in 43 base64url characters. Show it once; it is kept nowhere. */
  readonly secret: string;
}

const SECRET_BYTES = 32;
const ID_LENGTH = 12;
/** 32 symbols, so a byte maps to one without bias; none reads as another or begins an option. */
const ID_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
/** RFC 4648, section 5. */
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export function mintKey(order: KeyOrder, mint: Mint): MintedKey {
  const secret = `sk-${base64url(mint.randomBytes(SECRET_BYTES))}`;
  const id = Array.from(mint.randomBytes(ID_LENGTH), (byte) => ID_ALPHABET.charAt(byte % 32));
  const key: Key = {
    ...order,
    id: id.join(''),
    hash: mint.sha256(secret),
    status: 'active',
    version: 0,
  };
  return { key, secret };
}

function base64url(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const sextets = bits.match(/.{1,6}/g) ?? [];
  return sextets
    .map((sextet) => BASE64URL.charAt(Number.parseInt(sextet.padEnd(6, '0'), 2)))
    .join('');
}
