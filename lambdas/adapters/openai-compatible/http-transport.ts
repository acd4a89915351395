import http, { type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import https, { type RequestOptions } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import type { Cancellation } from '#core/time/cancellation.ts';

/** How long a finished stream may take to close its answer before its connection is given up. */
const DRAIN_MS = 1_000;

/** One answer whose head has come. Call `release` exactly once, whatever happened. */
export interface HttpExchange {
  readonly response: IncomingMessage;
  /** Gives the connection back when the answer was read as far as it matters, else drops it. */
  release(answered: boolean): void;
}

interface HttpPost {
  /** Below the base URL: `/chat/completions`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly cancellation: Cancellation;
}

/**
 * Posts over HTTP/1.1 with kept connections; follows no redirects. Plain `node:http`, because the
 * global `fetch` costs four times the CPU and 40 ms at its first use.
 */
export class HttpTransport {
  readonly #agent: Agent;
  readonly #request: typeof http.request;
  /** Worked out once: a URL costs as much to take apart as the request to send. */
  readonly #target: RequestOptions;
  readonly #basePath: string;
  readonly #search: string;

  constructor(baseUrl: URL, idleConnectionMs: number) {
    const options = { keepAlive: true, noDelay: true, timeout: idleConnectionMs };
    const secure = baseUrl.protocol === 'https:';
    this.#agent = secure ? new https.Agent(options) : new http.Agent(options);
    this.#request = secure ? https.request : http.request;
    const { protocol, hostname, port, auth } = urlToHttpOptions(baseUrl);
    this.#target = { protocol, hostname, port, auth, method: 'POST', agent: this.#agent };
    this.#basePath = baseUrl.pathname.replace(/\/*$/, '');
    this.#search = baseUrl.search;
  }

  /** Resolves with the answer's head. Rejects when there is none, and when the call is cancelled. */
  post({ path, headers, body, cancellation }: HttpPost): Promise<HttpExchange> {
    return new Promise((resolve, reject) => {
      const request = this.#request({
        ...this.#target,
        path: `${this.#basePath}${path}${this.#search}`,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      });
      const letGo = cancellation.onCancel(() => request.destroy());
      // Stays for good: a connection may fail after its answer has begun, and nobody else listens.
      request.on('error', (error) => {
        letGo();
        reject(error);
      });
      request.once('response', (response) =>
        resolve({
          response,
          release: (answered) => {
            letGo();
            release(request, response, answered);
          },
        }),
      );
      // As text: head and body then leave in one write.
      request.end(body);
    });
  }

  /** Closes idle connections; those in use close when their answers end. */
  close(): void {
    this.#agent.destroy();
  }
}

function release(request: ClientRequest, response: IncomingMessage, answered: boolean): void {
  if (response.readableEnded) return;
  if (!answered) {
    request.destroy();
    return;
  }
  const timer = setTimeout(() => request.destroy(), DRAIN_MS);
  timer.unref();
  response.once('close', () => clearTimeout(timer));
  // What fails after the answer has been read concerns nobody.
  response.on('error', () => {});
  response.resume();
}
