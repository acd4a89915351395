import { type ClientRequest, get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';

/** Gets the JSON document at an address. Rejects when it cannot be had as it should be. */
export type FetchJson = (url: string) => Promise<unknown>;

export interface FetchLimits {
  /**
   * For everything from the name look-up to the last byte, in milliseconds.
   *
   * @default 1,500
   */
  readonly timeoutMs?: number;
  /** @default 262,144 (256 KB) */
  readonly maxBytes?: number;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether an address never leaves this machine: the only place where http is good enough. */
export const isLoopback = (url: URL): boolean => LOOPBACK.test(url.hostname);

/**
 * Fetches over HTTPS, or HTTP on loopback. Follows no redirect: the issuer's documents are where it
 * says they are, and nobody else may say so.
 */
export const createFetchJson =
  ({ timeoutMs = 1_500, maxBytes = 262_144 }: FetchLimits = {}): FetchJson =>
  async (address) => {
    const url = new URL(address);
    const limits = { signal: AbortSignal.timeout(timeoutMs), maxBytes };
    return parse(await read(url, limits), url);
  };

interface Limits {
  readonly signal: AbortSignal;
  readonly maxBytes: number;
}

async function read(url: URL, { signal, maxBytes }: Limits): Promise<string> {
  const answer = await request(url, signal);
  try {
    if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}`);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new Error(`${url} answered more than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    answer.destroy();
  }
}

function request(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // A connection kept open is dead after Lambda has frozen the process between two requests.
    const options = { agent: false, signal, headers: { accept: 'application/json' } } as const;
    let sent: ClientRequest;
    if (url.protocol === 'https:') sent = getHttps(url, options, resolve);
    else if (url.protocol === 'http:' && isLoopback(url)) sent = getHttp(url, options, resolve);
    else return reject(new Error(`${url} is not https; http is for loopback addresses only`));
    sent.once('error', reject);
  });
}

function parse(text: string, url: URL): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${url} did not answer with JSON`, { cause });
  }
}
