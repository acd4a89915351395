import type { Scope } from '#core/identity/caller.ts';
import { findClient, type IssuerClient } from './issuer-client.ts';

/** What the issuer needs of a request. Header names in lower case. */
export interface IssuerRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */
export interface TokenRefusal {
  readonly ok: false;
  readonly error: 'invalid_request' | 'invalid_client' | 'unsupported_grant_type' | 'invalid_scope';
  readonly description: string;
  /** Whether the client tried Basic authentication, which wants to be answered in kind. */
  readonly challenge: boolean;
}

export interface TokenGrant {
  readonly ok: true;
  readonly client: IssuerClient;
  readonly scopes: readonly Scope[];
}

interface ClientCredentials {
  readonly id: string;
  readonly secret: string;
}

const BASIC = /^basic +([A-Za-z0-9+/]+=*)$/i;

/** What a request to the token endpoint may be given: client credentials, in header or body. */
export function readTokenRequest(
  { headers, body }: IssuerRequest,
  clients: readonly IssuerClient[],
): TokenGrant | TokenRefusal {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    return refusal('invalid_request', 'send a form: application/x-www-form-urlencoded');
  }
  const form = new URLSearchParams(body);
  const twice = [...form.keys()].some((name) => form.getAll(name).length > 1);
  if (twice) return refusal('invalid_request', 'a parameter is given more than once');
  if (form.get('grant_type') !== 'client_credentials') {
    return form.has('grant_type')
      ? refusal('unsupported_grant_type', 'grant_type must be client_credentials')
      : refusal('invalid_request', 'grant_type is missing; it must be client_credentials');
  }
  const client = authenticateClient(headers['authorization'], form, clients);
  return client.ok ? grantScopes(client.client, form.get('scope')) : client;
}

type Authenticated = { readonly ok: true; readonly client: IssuerClient } | TokenRefusal;

function authenticateClient(
  authorization: string | undefined,
  form: URLSearchParams,
  clients: readonly IssuerClient[],
): Authenticated {
  const inHeader = authorization !== undefined;
  if (inHeader && form.has('client_secret')) {
    return refusal('invalid_request', 'send the client secret in the header or the body, not both');
  }
  const given = inHeader ? fromBasic(authorization) : fromForm(form);
  const client = given && findClient(clients, given.id, given.secret);
  if (client !== undefined) return { ok: true, client };
  return {
    ...refusal('invalid_client', 'the client id or its secret is wrong'),
    challenge: inHeader,
  };
}

/** RFC 6749, section 2.3.1: both parts are form-encoded before they are joined. */
function fromBasic(authorization: string): ClientCredentials | undefined {
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { id: formDecode(id), secret: formDecode(secret.join(':')) };
}

/** Lenient, as form decoding is: what is no escape stays as it stands. */
const formDecode = (text: string): string =>
  new URLSearchParams(`text=${text.replaceAll('&', '%26')}`).get('text') ?? '';

function fromForm(form: URLSearchParams): ClientCredentials | undefined {
  const id = form.get('client_id');
  const secret = form.get('client_secret');
  return id === null || secret === null ? undefined : { id, secret };
}

function grantScopes(client: IssuerClient, asked: string | null): TokenGrant | TokenRefusal {
  const wanted = (asked ?? '').split(' ').filter((scope) => scope !== '');
  if (wanted.length === 0) return { ok: true, client, scopes: client.scopes };
  const scopes = client.scopes.filter((scope) => wanted.includes(scope));
  return scopes.length === new Set(wanted).size
    ? { ok: true, client, scopes }
    : refusal('invalid_scope', `client '${client.id}' may ask for ${client.scopes.join(' ')}`);
}

const refusal = (error: TokenRefusal['error'], description: string): TokenRefusal => ({
  ok: false,
  error,
  description,
  challenge: false,
});
