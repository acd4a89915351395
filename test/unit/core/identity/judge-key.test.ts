import { describe, expect, it } from 'vitest';
import { CredentialRefusal } from '#core/identity/credential-refusal.ts';
import { isKeySecret, judgeKey } from '#core/identity/judge-key.ts';
import { keyOf } from '../../../support/auth.ts';

const EXPIRES_AT = '2026-01-01T00:00:10Z';
const EXPIRES_AT_MS = Date.UTC(2026, 0, 1, 0, 0, 10);

function judge(changes: Parameters<typeof keyOf>[2], nowMs = EXPIRES_AT_MS) {
  const outcome = judgeKey(keyOf('acme', 'sk-x', changes), nowMs);
  if (outcome.ok) return 'accepted';
  return outcome.failure instanceof CredentialRefusal ? outcome.failure.reason : 'other';
}

describe('judging a key', () => {
  it('takes every credential that begins with sk- for a key', () => {
    expect(['sk-local-demo', 'sk-', 'eyJhbGciOi', 'SK-a'].map(isKeySecret)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('accepts an active key that never expires', () => {
    expect(judge({})).toBe('accepted');
  });

  it('refuses a revoked key, expired or not', () => {
    expect(judge({ status: 'revoked' })).toBe('revoked_key');
  });

  it('accepts a key up to the second before it expires, and not from then on', () => {
    expect(
      [-1_000, 0, 1_000].map((offset) => judge({ expiresAt: EXPIRES_AT }, EXPIRES_AT_MS + offset)),
    ).toEqual(['accepted', 'expired_key', 'expired_key']);
  });

  it('reads expiry times with fractions of a second', () => {
    expect(judge({ expiresAt: '2026-01-01T00:00:11.500Z' })).toBe('accepted');
  });

  it.each(['tomorrow', '', '9999', '2027-01-01T00:00:00+02:00'])(
    'takes a time it cannot read for one that has passed: %j',
    (expiresAt) => {
      expect(judge({ expiresAt })).toBe('expired_key');
    },
  );

  it('says no more of an unknown key than that', () => {
    const outcome = judgeKey(undefined, 0);

    expect(outcome).toMatchObject({ ok: false, failure: { reason: 'unknown_key' } });
  });
});
