import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JwtVerifier } from '#adapters/oidc/jwt-verifier.ts';
import { KeySet } from '#adapters/oidc/key-set.ts';
import { succeeded } from '#core/failures/outcome.ts';
import { refuse } from '#core/identity/credential-refusal.ts';
import { createSigner, forge, sign } from '../../../support/tokens.ts';

const signer = await createSigner('k');
const keys = new KeySet({ keys: [signer.publicJwk] });
const verifier = new JwtVerifier({
  find: async (kid, algorithm) => {
    const key = await keys.find(kid, algorithm);
    return key === undefined ? refuse('unknown_signing_key', kid) : succeeded(key);
  },
});

const header = fc.dictionary(
  fc.constantFrom('alg', 'kid', 'typ', 'crit', 'b64', 'jwk', 'jku', 'zip', 'enc'),
  fc.oneof(fc.constantFrom('RS256', 'ES256', 'none', 'k', 'JWT'), fc.jsonValue()),
);

describe('verifying a token', () => {
  it('gives the claims of a token the issuer has signed', async () => {
    const token = await sign(signer, { iss: 'x' });

    expect(await verifier.verify(token)).toEqual({ ok: true, value: { iss: 'x' } });
  });

  it.each([undefined, 'JWT', 'at+jwt', 'application/AT+JWT'])(
    'accepts the type %s',
    async (typ) => {
      const token = await sign(signer, {}, typ === undefined ? {} : { typ });

      expect((await verifier.verify(token)).ok).toBe(true);
    },
  );

  it.each(['logout+jwt', 'secevent+jwt', 'dpop+jwt', ''])('refuses the type %j', async (typ) => {
    const token = await sign(signer, {}, { typ });

    expect(await verifier.verify(token)).toMatchObject({
      failure: { reason: 'not_an_access_token' },
    });
  });

  it('refuses every text that is no token, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: fc.constantFrom('.', 'e', 'y', 'J', '-', '_', '=') }),
        async (text) => {
          expect((await verifier.verify(text)).ok).toBe(false);
        },
      ),
    );
  });

  it('refuses every forged header, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(header, fc.uint8Array({ maxLength: 300 }), async (forged, signature) => {
        const token = await forge(forged, { iss: 'x' }, () => signature);

        expect((await verifier.verify(token)).ok).toBe(false);
      }),
    );
  });
});
