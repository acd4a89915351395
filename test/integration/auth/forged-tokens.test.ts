import { createHmac, createPublicKey, createSign } from 'node:crypto';
import { exportPKCS8 } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AuthBench, startAuth, tenantOf } from '../../support/auth.ts';
import { type OidcServer, startOidcServer } from '../../support/oidc-server.ts';
import { claimsAt, createSigner, forge, type Signer, sign } from '../../support/tokens.ts';

let bench: AuthBench;
let attacker: Signer;
let attackersServer: OidcServer;

beforeAll(async () => {
  bench = await startAuth();
  // The same key id as the issuer's own key.
  attacker = await createSigner('key-1');
  attackersServer = await startOidcServer(attacker.publicJwk);
});

afterEach(() => {
  bench.metrics.emitted.length = 0;
});

afterAll(async () => {
  await Promise.all([bench.issuer.close(), attackersServer.close()]);
});

const claims = (changes = {}) => claimsAt(bench.issuer.url, bench.clock.nowMs(), changes);

/** Why a token was refused; undefined when it was not. */
async function refusalOf(token: string): Promise<string | undefined> {
  const outcome = await bench.present(token);
  return outcome.ok ? undefined : bench.reasons().at(-1);
}

describe('an honest token', () => {
  it('opens the door as the tenant of its client', async () => {
    const outcome = await bench.present(await bench.token());

    expect(outcome).toMatchObject({
      ok: true,
      value: { tenantId: 'acme', scopes: ['ballast/inference', 'ballast/audit'] },
    });
  });
});

describe('F07 a token whose algorithm is chosen by an attacker', () => {
  it.each(['none', 'None', 'NONE', ''])('is refused unsigned: alg %j', async (alg) => {
    const token = await forge({ alg, kid: 'key-1' }, claims());

    expect(await refusalOf(token)).toMatch(/^(forbidden_algorithm|malformed_token)$/);
  });

  it('is refused when an HMAC is made with the public key for a secret', async () => {
    const key = createPublicKey({ key: { ...bench.signer.publicJwk }, format: 'jwk' });
    const pem = key.export({ type: 'spki', format: 'pem' });
    const token = await forge({ alg: 'HS256', kid: 'key-1' }, claims(), (input) =>
      createHmac('sha256', pem).update(input).digest(),
    );

    expect(await refusalOf(token)).toBe('forbidden_algorithm');
  });

  it.each(['RS384', 'RS512', 'PS256', 'ES384', 'EdDSA'])(
    'is refused for an algorithm off the list: %s',
    async (alg) => {
      const token = await forge({ alg, kid: 'key-1' }, claims(), () => Buffer.alloc(256, 1));

      expect(await refusalOf(token)).toBe('forbidden_algorithm');
    },
  );

  it('is refused as ES256 under the id of an RSA key', async () => {
    const elliptic = await createSigner('key-1', 'ES256');
    const token = await sign(elliptic, claims());

    expect(await refusalOf(token)).toBe('unknown_signing_key');
  });

  it('is refused as RS256 under the id of an elliptic key', async () => {
    const elliptic = await createSigner('ec-1', 'ES256');
    bench.issuer.publish(bench.signer.publicJwk, elliptic.publicJwk);
    await bench.clock.advance(10_000);
    const honest = await refusalOf(await sign(elliptic, claims()));
    const confused = await sign({ ...attacker, kid: 'ec-1' }, claims());

    expect([honest, await refusalOf(confused)]).toEqual([undefined, 'unknown_signing_key']);
  });
});

describe('F07 a token that brings its own key', () => {
  const addresses = () => ({
    jku: `${attackersServer.url}/jwks.json`,
    x5u: `${attackersServer.url}/certificate.pem`,
  });

  it('is refused, and none of its addresses is followed', async () => {
    const header = { ...addresses(), jwk: attacker.publicJwk, x5c: ['AA=='] };
    const token = await sign(attacker, claims(), header);

    expect(await refusalOf(token)).toBe('bad_signature');
    expect(attackersServer.requests).toEqual([]);
  });

  it('is not followed under an id nobody knows either', async () => {
    const header = { ...addresses(), jwk: attacker.publicJwk, kid: 'attackers-key' };
    const token = await sign(attacker, claims(), header);

    expect(await refusalOf(token)).toBe('unknown_signing_key');
    expect(attackersServer.requests).toEqual([]);
  });

  it('does not make us ask the issuer it names', async () => {
    const token = await sign(attacker, claims({ iss: attackersServer.url }));

    expect(await refusalOf(token)).toBe('bad_signature');
    expect(attackersServer.requests).toEqual([]);
  });
});

describe('F07 F09 a token with a strange header', () => {
  it.each([
    { crit: ['urn:ballast:test'], 'urn:ballast:test': true },
    { crit: ['b64'], b64: true },
  ])('is refused for demanding an extension: %j', async (header) => {
    const token = await sign(bench.signer, claims(), header);

    expect(await refusalOf(token)).toMatch(/^(critical_header|malformed_token)$/);
  });

  it('is refused without a key id', async () => {
    const { privateKey } = bench.signer;
    const token = await forge({ alg: 'RS256' }, claims(), async (input) =>
      createSign('RSA-SHA256')
        .update(input)
        .sign(await exportPKCS8(privateKey)),
    );

    expect(await refusalOf(token)).toBe('unknown_signing_key');
  });

  it.each([
    '../../../../etc/passwd',
    "' OR 1=1 --",
    'key-1\u0000',
    'KEY-1',
    '__proto__',
    'constructor',
    7,
    { key: 'key-1' },
    'key-1'.repeat(1_000),
  ])('is refused for the key id %j', async (kid) => {
    const token = await sign(bench.signer, claims(), { kid } as never);

    expect(await refusalOf(token)).toBe('unknown_signing_key');
  });
});

describe('a token that was tampered with', () => {
  it('is refused for a changed payload', async () => {
    const [header, , signature] = (await bench.token()).split('.');
    const payload = Buffer.from(JSON.stringify(claims({ client_id: 'globex' }))).toString(
      'base64url',
    );

    expect(await refusalOf(`${header}.${payload}.${signature}`)).toBe('bad_signature');
  });

  it('is refused without its signature, and with a part more or less', async () => {
    const token = await bench.token();
    const [header, payload] = token.split('.');

    expect([
      await refusalOf(`${header}.${payload}.`),
      await refusalOf(`${header}.${payload}`),
      await refusalOf(`${token}.x`),
    ]).toEqual(['bad_signature', 'malformed_token', 'malformed_token']);
  });

  it('is refused when what was signed is no object', async () => {
    const { privateKey } = bench.signer;
    const pem = await exportPKCS8(privateKey);
    const token = await forge({ alg: 'RS256', kid: 'key-1' }, [], (input) =>
      createSign('RSA-SHA256').update(input).sign(pem),
    );

    expect(await refusalOf(token)).toBe('malformed_token');
  });

  it('is not even decoded at 64 KB', async () => {
    const token = await bench.token({ padding: 'x'.repeat(65_536) });

    expect(await refusalOf(token)).toBe('malformed_header');
  });
});

describe('F08 a well-signed token that was not made for us', () => {
  it.each([
    ['wrong_issuer', { iss: 'https://other.example' }],
    ['wrong_audience', { aud: 'https://other.example' }],
    ['wrong_audience', { client_id: 'other-app' }],
    ['not_an_access_token', { token_use: 'id', aud: 'acme-app' }],
    ['token_expired', { iat: 1, exp: 2 }],
    ['token_not_yet_valid', { nbf: 1_764_000_000 + 3_000 }],
  ])('is refused: %s', async (reason, changes) => {
    expect(await refusalOf(await bench.token(changes))).toBe(reason);
  });

  it('may do nothing without a scope of ours', async () => {
    const outcome = await bench.present(await bench.token({ scope: 'openid email' }));

    expect(outcome).toMatchObject({ ok: true, value: { scopes: [] } });
  });
});

describe('F12 a caller who claims to be another tenant', () => {
  it('stays who the token says, whatever other claims say', async () => {
    await bench.registry.putTenant(tenantOf('globex'));
    const spoof = {
      tenant: 'globex',
      tenantId: 'globex',
      'custom:tenant': 'globex',
      sub: 'globex',
    };

    const outcome = await bench.present(await bench.token(spoof));

    expect(outcome).toMatchObject({ ok: true, value: { tenantId: 'acme' } });
  });
});
