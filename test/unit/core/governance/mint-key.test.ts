import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type KeyOrder, mintKey } from '#core/governance/mint-key.ts';

const ORDER: KeyOrder = {
  tenantId: 'acme',
  name: 'ci',
  scopes: ['ballast/inference'],
  createdAt: '2026-11-23T10:00:00.000Z',
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('minting a key', () => {
  it('makes the secret of 256 random bits, in base64url', () => {
    const bytes = Uint8Array.from(randomBytes(32));

    const { secret } = mintKey(ORDER, { randomBytes: (length) => bytes.slice(0, length), sha256 });

    expect(secret).toBe(`sk-${Buffer.from(bytes).toString('base64url')}`);
    expect(secret).toHaveLength(46);
  });

  it('stores the hash of the whole secret and never the secret', () => {
    const { key, secret } = mintKey(ORDER, { randomBytes, sha256 });

    expect(key.hash).toBe(sha256(secret));
    expect(JSON.stringify(key)).not.toContain(secret.slice(3));
  });

  it('gives a new id of 12 lower-case characters each time', () => {
    const ids = Array.from({ length: 100 }, () => mintKey(ORDER, { randomBytes, sha256 }).key.id);

    expect(new Set(ids).size).toBe(100);
    expect(ids.every((id) => /^[0-9a-z]{12}$/.test(id))).toBe(true);
  });
});
