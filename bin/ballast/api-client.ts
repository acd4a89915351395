import { CliError } from './cli-error.ts';
import type { Credentials } from './credentials.ts';

const TIMEOUT_MS = 30_000;

/** A JSON object of the API, as it came. */
export type ApiObject = Readonly<Record<string, unknown>>;

interface Options {
  readonly body?: object;
  readonly query?: Readonly<Record<string, string>>;
}

/** Calls the API of a platform, local or deployed. Everything that goes wrong is a `CliError`. */
export class ApiClient {
  readonly #url: URL;
  readonly #credentials: Credentials;

  constructor(url: string, credentials: Credentials) {
    this.#url = new URL(url.endsWith('/') ? url : `${url}/`);
    this.#credentials = credentials;
  }

  /** `path` without a leading slash, so that a stage in the URL stays: `v1/usage`. */
  async request(method: string, path: string, options: Options = {}): Promise<ApiObject> {
    const url = new URL(path, this.#url);
    for (const [name, value] of Object.entries(options.query ?? {})) {
      url.searchParams.set(name, value);
    }
    const authorization = `Bearer ${await this.#credentials.bearer()}`;
    const response = await this.#fetch(url, {
      method,
      headers: {
        authorization,
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    const text = await response.text();
    const answer = parseObject(text);
    if (response.ok && answer !== undefined) return answer;
    throw this.#refusal(url, response, answer);
  }

  /** Every page of a list, one after the other. */
  async list(path: string): Promise<readonly ApiObject[]> {
    const items: ApiObject[] = [];
    let next: unknown;
    do {
      const query = typeof next === 'string' ? { after: next } : {};
      const page = await this.request('GET', path, { query });
      items.push(...(Array.isArray(page['data']) ? (page['data'] as ApiObject[]) : []));
      next = page['next'];
    } while (typeof next === 'string');
    return items;
  }

  async #fetch(url: URL, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    } catch (cause) {
      throw unreachable(url, cause);
    }
  }

  #refusal(url: URL, response: Response, answer: ApiObject | undefined): CliError {
    const details = {
      status: response.status,
      requestId: response.headers.get('x-request-id') ?? undefined,
    };
    const { code, message } = Object(answer?.['error']) as Record<string, unknown>;
    if (typeof message !== 'string') {
      return new CliError(
        'unexpected_answer',
        `${url.origin} answered ${response.status} and not as this API does; is --url right`,
        details,
      );
    }
    const looked = response.status === 401 ? `; looked at ${this.#credentials.lookedAt}` : '';
    return new CliError(String(code), `${message}${looked}`, details);
  }
}

function parseObject(text: string): ApiObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as ApiObject) : undefined;
  } catch {
    // A proxy's error page, say: the caller tells its status instead.
    return undefined;
  }
}

function unreachable(url: URL, thrown: unknown): CliError {
  return new CliError('unreachable', whyUnreachable(url, thrown), { cause: thrown });
}

function whyUnreachable(url: URL, thrown: unknown): string {
  const { name, cause } = Object(thrown) as { name?: string; cause?: { code?: string } };
  if (name === 'TimeoutError') return `${url.origin} did not answer within ${TIMEOUT_MS / 1000} s`;
  if (cause?.code === 'ECONNREFUSED') {
    return `nothing listens at ${url.origin}; start the local platform with \`npm start\`, or name another with --url or BALLAST_URL`;
  }
  return `${url.origin} cannot be reached (${cause?.code ?? 'network error'}); is --url right`;
}
