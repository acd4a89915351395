import { CliError } from './cli-error.ts';
import type { Host } from './host.ts';

const KEY_VARIABLE = 'BALLAST_API_KEY';
const CLIENT_VARIABLES = [
  'BALLAST_CLIENT_ID',
  'BALLAST_CLIENT_SECRET',
  'BALLAST_TOKEN_URL',
] as const;

const TOKEN_TIMEOUT_MS = 30_000;

/** Gives the bearer token of a request. */
export interface Credentials {
  bearer(): Promise<string>;
  /** Where the credential was looked for, for the message behind a 401; never the credential. */
  readonly lookedAt: string;
}

/**
 * `--key`, else `BALLAST_API_KEY`, else an OAuth2 client's credentials.
 *
 * @throws CliError when none is given, or an OAuth2 client only in part.
 */
export function findCredentials(keyOption: string | undefined, env: Host['env']): Credentials {
  const lookedAt = describe(keyOption, env);
  const key = keyOption ?? env[KEY_VARIABLE]?.trim();
  if (key) return { bearer: async () => headerSafe(key, lookedAt), lookedAt };
  const [id, secret, tokenUrl] = CLIENT_VARIABLES.map((name) => env[name]?.trim());
  if (id && secret && tokenUrl) {
    let token: Promise<string> | undefined;
    const client = { id, secret, tokenUrl };
    return {
      bearer: () => {
        token ??= requestToken(client);
        return token;
      },
      lookedAt,
    };
  }
  throw new CliError(
    'no_credential',
    `no credential: looked at ${lookedAt}; set ${KEY_VARIABLE} (locally sk-local-admin), or all of ${CLIENT_VARIABLES.join(', ')}`,
  );
}

function describe(keyOption: string | undefined, env: Host['env']): string {
  const variables = [KEY_VARIABLE, ...CLIENT_VARIABLES].map(
    (name) => `${name} (${env[name]?.trim() ? 'set' : 'not set'})`,
  );
  return [`--key (${keyOption === undefined ? 'not given' : 'given'})`, ...variables].join(', ');
}

/** The HTTP client's own complaint would quote the key. */
function headerSafe(key: string, lookedAt: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new CliError(
    'bad_credential',
    `the key holds a space or another character no key has; looked at ${lookedAt}`,
  );
}

interface OAuthClient {
  readonly id: string;
  readonly secret: string;
  readonly tokenUrl: string;
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4 */
async function requestToken({ id, secret, tokenUrl }: OAuthClient): Promise<string> {
  const basic = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`);
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(tokenUrl, {
      method: 'POST',
      headers: { authorization: `Basic ${basic.toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
      signal: AbortSignal.timeout(TOKEN_TIMEOUT_MS),
    });
    answer = await response.json();
  } catch (cause) {
    throw tokenUnavailable(tokenUrl, cause);
  }
  const { access_token: token, error } = Object(answer) as Record<string, unknown>;
  if (typeof token === 'string' && response.ok) return token;
  throw new CliError(
    'token_refused',
    `BALLAST_TOKEN_URL ${tokenUrl} gave no token for client '${id}': ${error ?? response.status}`,
    { status: response.status },
  );
}

const tokenUnavailable = (tokenUrl: string, cause: unknown): CliError =>
  new CliError(
    'token_unavailable',
    `no token from ${tokenUrl}; is BALLAST_TOKEN_URL right, and is it up`,
    { cause },
  );
