import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KeySet } from '#adapters/oidc/key-set.ts';
import { createSigner } from '../../../support/tokens.ts';

const rsa = await createSigner('k');
const ec = await createSigner('k', 'ES256');

const find = (...keys: readonly object[]) => new KeySet({ keys }).find('k', 'RS256');

describe('a key set', () => {
  it('tells keys of one id apart by their algorithm', async () => {
    const keys = new KeySet({ keys: [rsa.publicJwk, ec.publicJwk] });

    const found = await Promise.all([keys.find('k', 'RS256'), keys.find('k', 'ES256')]);

    expect(found.map((key) => key?.algorithm.name)).toEqual(['RSASSA-PKCS1-v1_5', 'ECDSA']);
  });

  it('never verifies RS256 with an elliptic key, nor ES256 with an RSA key', async () => {
    expect([
      await new KeySet({ keys: [ec.publicJwk] }).find('k', 'RS256'),
      await new KeySet({ keys: [rsa.publicJwk] }).find('k', 'ES256'),
    ]).toEqual([undefined, undefined]);
  });

  it('takes a key that names neither use nor algorithm, as Entra ID publishes them', async () => {
    const { use: _use, alg: _alg, ...bare } = rsa.publicJwk;

    expect(await find(bare)).toBeDefined();
  });

  it.each([
    ['for encryption', { use: 'enc' }],
    ['for another algorithm', { alg: 'RS512' }],
    ['that may not verify', { key_ops: ['encrypt'] }],
    ['without an id', { kid: undefined }],
    ['with a modulus that is no base64url', { n: '!!!' }],
  ])('passes over a key %s', async (_what, changes) => {
    expect(() => new KeySet({ keys: [{ ...rsa.publicJwk, ...changes }] })).toThrow(/none of/);
  });

  it('passes over RSA keys under 2048 bits', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2040 });
    const short = { ...publicKey.export({ format: 'jwk' }), kid: 'k' };

    expect(() => new KeySet({ keys: [short] })).toThrow(/none of/);
  });

  it('is not fooled by a short modulus written long', () => {
    const n = Buffer.concat([Buffer.alloc(200), Buffer.alloc(128, 0xff)]).toString('base64url');

    expect(() => new KeySet({ keys: [{ ...rsa.publicJwk, n }] })).toThrow(/none of/);
  });

  it('passes over a shared secret', () => {
    const secret = { kty: 'oct', kid: 'k', k: 'c2VjcmV0', alg: 'HS256' };

    expect(() => new KeySet({ keys: [secret] })).toThrow(/none of/);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', []],
    ['keys that are no list', { keys: 'x' }],
    ['no keys', { keys: [] }],
    ['more keys than any issuer has', { keys: Array(101).fill(rsa.publicJwk) }],
  ])('is not made of %s', (_what, document) => {
    expect(() => new KeySet(document)).toThrow();
  });

  it('keeps public parts only', () => {
    const copy = new KeySet({ keys: [{ ...rsa.publicJwk, d: 'private', x5u: 'http://evil' }] });

    expect(copy.toCopy()).toEqual([{ ...rsa.publicJwk, key_ops: ['verify'] }]);
  });
});
