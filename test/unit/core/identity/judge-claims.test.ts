import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CredentialRefusal } from '#core/identity/credential-refusal.ts';
import { type ClaimExpectations, judgeClaims } from '#core/identity/judge-claims.ts';
import type { Claims } from '#core/identity/token-verifier.ts';
import { type ClaimChanges, claimsAt } from '../../../support/tokens.ts';

const ISSUER = 'https://issuer.example';
const NOW_MS = 1_764_000_000_000;
const NOW_S = NOW_MS / 1000;

const EXPECTED: ClaimExpectations = {
  issuer: ISSUER,
  audiences: ['acme-app', 'https://api.example'],
  scopePrefix: 'ballast/',
};

const judge = (changes: ClaimChanges, expected: Partial<ClaimExpectations> = {}) =>
  judgeClaims(claimsAt(ISSUER, NOW_MS, changes) as Claims, { ...EXPECTED, ...expected }, NOW_MS);

/** The reason, or undefined for a token that is accepted. */
function reasonOf(changes: ClaimChanges, expected?: Partial<ClaimExpectations>) {
  const outcome = judge(changes, expected);
  if (outcome.ok) return undefined;
  return outcome.failure instanceof CredentialRefusal ? outcome.failure.reason : 'other';
}

const scopesOf = (changes: ClaimChanges, expected?: Partial<ClaimExpectations>) => {
  const outcome = judge(changes, expected);
  return outcome.ok ? outcome.value.scopes : undefined;
};

describe('judging the claims of a token', () => {
  it('accepts an access token as Cognito makes them', () => {
    expect(judge({})).toEqual({
      ok: true,
      value: {
        clientId: 'acme-app',
        tenantId: undefined,
        scopes: ['ballast/inference', 'ballast/audit'],
      },
    });
  });

  it.each([
    ['another issuer', 'https://evil.example'],
    ['the issuer with a slash', `${ISSUER}/`],
    ['no issuer', undefined],
    ['a list of issuers', [ISSUER]],
  ])('refuses %s', (_what, iss) => {
    expect(reasonOf({ iss })).toBe('wrong_issuer');
  });

  it('accepts an audience of ours, alone or among others', () => {
    expect([
      reasonOf({ aud: 'https://api.example' }),
      reasonOf({ aud: ['https://other.example', 'https://api.example'] }),
    ]).toEqual([undefined, undefined]);
  });

  it('refuses a foreign audience even when the client is ours', () => {
    expect([reasonOf({ aud: 'https://other.example' }), reasonOf({ aud: [] })]).toEqual([
      'wrong_audience',
      'wrong_audience',
    ]);
  });

  it('refuses a foreign client when there is no audience', () => {
    expect(reasonOf({ client_id: 'other-app' })).toBe('wrong_audience');
  });

  it('accepts nothing when no audience is configured', () => {
    expect(reasonOf({}, { audiences: [] })).toBe('wrong_audience');
  });

  it.each([
    ['exp', -59, undefined],
    ['exp', -60, 'token_expired'],
    ['exp', -61, 'token_expired'],
    ['nbf', 59, undefined],
    ['nbf', 61, 'token_not_yet_valid'],
    ['iat', 59, undefined],
    ['iat', 61, 'token_not_yet_valid'],
  ])('F06 F11 judges %s %i s from now as %s', (claim, offset, reason) => {
    const early = claim === 'exp' ? { iat: NOW_S - 3600 } : {};

    expect(reasonOf({ ...early, [claim]: NOW_S + offset })).toBe(reason);
  });

  it.each([
    ['no exp', { exp: undefined }],
    ['exp as text', { exp: String(NOW_S + 60) }],
    ['exp in milliseconds', { exp: NOW_MS + 60_000 }],
    ['nbf as text', { nbf: 'now' }],
    ['a negative iat', { iat: -1 }],
    ['iat after exp', { iat: NOW_S + 30, exp: NOW_S + 20 }],
  ])('F06 refuses times that make no sense: %s', (_what, changes) => {
    expect(reasonOf(changes)).toBe('absurd_times');
  });

  it.each([
    ["Cognito's", { token_use: 'id', aud: 'acme-app' }],
    ["Keycloak's", { typ: 'ID', token_use: undefined }],
    ['one that carries the hash of its access token', { at_hash: 'x', token_use: undefined }],
  ])('F08 refuses an ID token presented as an access token: %s', (_what, changes) => {
    expect(reasonOf(changes)).toBe('not_an_access_token');
  });

  it('refuses a refresh token', () => {
    expect(reasonOf({ token_use: 'refresh' })).toBe('not_an_access_token');
  });

  it('ignores scopes it does not know, and gives none for none', () => {
    expect([
      scopesOf({ scope: 'openid ballast/root ballast/inference' }),
      scopesOf({ scope: undefined }),
      scopesOf({ scope: { 'ballast/admin': true } }),
    ]).toEqual([['ballast/inference'], [], []]);
  });

  it('reads scopes from scp, as a list or as words', () => {
    const scp = ['ballast/audit', 7];

    expect([
      scopesOf({ scope: undefined, scp }),
      scopesOf({ scope: undefined, scp: 'ballast/admin x' }),
    ]).toEqual([['ballast/audit'], ['ballast/admin']]);
  });

  it('knows its scopes by the configured prefix only', () => {
    const scopePrefix = 'https://api.example/';

    expect(
      scopesOf({ scope: 'https://api.example/inference ballast/admin' }, { scopePrefix }),
    ).toEqual(['ballast/inference']);
  });

  it('takes the tenant from the configured claim', () => {
    const outcome = judge({ 'custom:tenant': 'acme' }, { tenantClaim: 'custom:tenant' });

    expect(outcome).toMatchObject({ ok: true, value: { tenantId: 'acme' } });
  });

  it('refuses a tenant claim that is not text instead of looking elsewhere', () => {
    expect(reasonOf({ tenant: ['acme'] }, { tenantClaim: 'tenant' })).toBe('no_tenant');
  });

  it('does not take what every object inherits for a claim', () => {
    const outcome = judge({}, { tenantClaim: 'constructor' });

    expect(outcome).toMatchObject({ ok: true, value: { tenantId: undefined } });
  });

  it('finds the client where other issuers put it', () => {
    const clients = ['azp', 'cid', 'appid'].map((name) =>
      judge({ client_id: undefined, [name]: 'acme-app' }),
    );

    expect(clients.every((outcome) => outcome.ok && outcome.value.clientId === 'acme-app')).toBe(
      true,
    );
  });

  it.each([undefined, 7, '', 'a b', 'a\nb', 'x'.repeat(129)])(
    'refuses a token without a usable client: %j',
    (client_id) => {
      expect(reasonOf({ client_id, aud: 'acme-app' })).toBe('no_client');
    },
  );

  it('never throws, whatever the claims are', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('iss', 'aud', 'exp', 'nbf', 'iat', 'scope', 'scp', 'client_id', 'typ'),
          fc.jsonValue(),
        ),
        (changes) => {
          judge(changes as ClaimChanges, { tenantClaim: 'sub' });
        },
      ),
    );
  });
});
