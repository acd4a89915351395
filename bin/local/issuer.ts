import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { FetchJson } from '#adapters/oidc/fetch-json.ts';
import type { Clock } from '#core/time/clock.ts';
import type { IssuerClient } from './issuer-client.ts';
import { type IssuerRequest, readTokenRequest, type TokenRefusal } from './issuer-request.ts';
import { loadSigningKey, type SigningKey } from './signing-key.ts';

interface IssuerResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export interface IssuerOptions {
  /** `iss`, and what its endpoints begin with: `http://127.0.0.1:8787`. */
  readonly url: string;
  readonly clients: readonly IssuerClient[];
  /** Where the signing key is kept; absent: in memory, so that a restart ends every token. */
  readonly dataFolder?: string | undefined;
  readonly clock: Pick<Clock, 'nowMs'>;
}

export interface Issuer {
  /** The answer, or undefined for a path that is not the issuer's. */
  handle(request: IssuerRequest): Promise<IssuerResponse | undefined>;
  /** Gives the authorizer of the same process the issuer's documents without asking itself by HTTP. */
  readonly fetchJson: FetchJson;
}

const TOKEN_PATH = '/oauth2/token';
const DISCOVERY_PATH = '/.well-known/openid-configuration';
const JWKS_PATH = '/.well-known/jwks.json';
const LIFETIME_S = 3600;

/**
 * The OIDC issuer of the local platform: client credentials only, tokens like those of Cognito.
 *
 * @throws Error when the kept signing key cannot be read, naming the way out.
 */
export async function createIssuer(options: IssuerOptions): Promise<Issuer> {
  const key = await loadSigningKey(options.dataFolder);
  const documents = new Map<string, unknown>([
    [DISCOVERY_PATH, discoveryOf(options)],
    [JWKS_PATH, { keys: [key.publicJwk] }],
  ]);
  return {
    async handle(request) {
      if (request.path === TOKEN_PATH) return answerToken(request, options, key);
      const document = documents.get(request.path);
      if (document === undefined) return undefined;
      if (request.method !== 'GET') return notAllowed('GET');
      return json(200, document, { 'cache-control': 'max-age=300' });
    },
    async fetchJson(url) {
      const document = url.startsWith(options.url) && documents.get(url.slice(options.url.length));
      if (!document) throw new Error(`the local issuer has no document at ${url}`);
      return document;
    },
  };
}

const discoveryOf = ({ url, clients }: IssuerOptions): object => ({
  issuer: url,
  token_endpoint: `${url}${TOKEN_PATH}`,
  jwks_uri: `${url}${JWKS_PATH}`,
  grant_types_supported: ['client_credentials'],
  response_types_supported: ['token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  scopes_supported: [...new Set(clients.flatMap(({ scopes }) => scopes))],
});

async function answerToken(
  request: IssuerRequest,
  options: IssuerOptions,
  key: SigningKey,
): Promise<IssuerResponse> {
  if (request.method !== 'POST') return notAllowed('POST');
  const grant = readTokenRequest(request, options.clients);
  if (!grant.ok) return refuse(grant);
  const { client, scopes } = grant;
  const scope = scopes.join(' ');
  const nowS = Math.floor(options.clock.nowMs() / 1000);
  const token = await new SignJWT({ client_id: client.id, token_use: 'access', scope })
    .setProtectedHeader({ alg: 'RS256', kid: key.kid, typ: 'JWT' })
    .setIssuer(options.url)
    .setSubject(client.id)
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + LIFETIME_S)
    .setJti(randomUUID())
    .sign(key.privateKey);
  return json(
    200,
    { access_token: token, token_type: 'Bearer', expires_in: LIFETIME_S, scope },
    NO_STORE,
  );
}

/** RFC 6749, section 5.1: a token, or why there is none, must be kept nowhere. */
const NO_STORE = { 'cache-control': 'no-store' };

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
function refuse({ error, description, challenge }: TokenRefusal): IssuerResponse {
  return json(
    error === 'invalid_client' ? 401 : 400,
    { error, error_description: description },
    { ...NO_STORE, ...(challenge ? { 'www-authenticate': 'Basic realm="ballast"' } : {}) },
  );
}

const notAllowed = (method: string): IssuerResponse =>
  json(
    405,
    { error: 'invalid_request', error_description: `use ${method}` },
    { ...NO_STORE, allow: method },
  );

const json = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): IssuerResponse => ({
  status,
  headers: { ...headers, 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
