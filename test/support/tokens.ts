import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWSHeaderParameters,
  SignJWT,
} from 'jose';

/** One key pair of an issuer. */
export interface Signer {
  readonly kid: string;
  readonly alg: 'RS256' | 'ES256';
  readonly privateKey: CryptoKey;
  /** As the issuer publishes it. */
  readonly publicJwk: JWK;
}

export async function createSigner(kid: string, alg: Signer['alg'] = 'RS256'): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return {
    kid,
    alg,
    privateKey,
    publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
  };
}

/** Changes to a good token; undefined takes a claim away. */
export type ClaimChanges = Readonly<Record<string, unknown>>;

/** The claims of a good access token, as Cognito makes them, issued at `nowMs`. */
export function claimsAt(issuer: string, nowMs: number, changes: ClaimChanges = {}): object {
  const nowS = Math.floor(nowMs / 1000);
  return withoutUndefined({
    iss: issuer,
    sub: 'acme-app',
    client_id: 'acme-app',
    token_use: 'access',
    scope: 'ballast/inference ballast/audit openid',
    iat: nowS,
    exp: nowS + 3600,
    ...changes,
  });
}

const withoutUndefined = (claims: object): object =>
  Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));

/** Signs honestly; `header` adds to or replaces what the header says. */
export function sign(signer: Signer, claims: object, header: JWSHeaderParameters = {}) {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ typ: 'JWT', alg: signer.alg, kid: signer.kid, ...header })
    .sign(signer.privateKey, { crit: { 'urn:ballast:test': true } });
}

/** A token put together by hand: `signOver` gets what an honest issuer would sign. */
export async function forge(
  header: object,
  claims: object,
  signOver: (input: string) => Uint8Array | Promise<Uint8Array> = () => new Uint8Array(),
): Promise<string> {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${Buffer.from(await signOver(input)).toString('base64url')}`;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
