import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** One request on its way to a dependency, as the caller sent it. */
export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What becomes of one request; see `faults.ts` for those there are. */
export type Fault = (exchange: Exchange) => unknown;

interface Armed {
  /** @default every request */
  readonly when?: (request: ProxiedRequest) => boolean;
  /** How many requests it hits before it is spent. @default all */
  readonly times?: number;
}

export interface FaultProxy {
  /** Without a path. */
  readonly url: string;
  /** Everything that has arrived, in order. */
  readonly exchanges: readonly Exchange[];
  /** From now on; of several faults that match, the one armed last. */
  arm(fault: Fault, armed?: Armed): void;
  /** Passes everything on again. */
  heal(): void;
  /** Drops every connection, those that hang among them. */
  close(): Promise<void>;
}

/** A thin proxy in front of any HTTP dependency, with faults that are switched while it runs. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const exchanges: Exchange[] = [];
  let faults: Rule[] = [];
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const exchange = new Exchange(target, await readRequest(incoming), response);
    exchanges.push(exchange);
    await (faults.find((rule) => rule.hits(exchange.request))?.fault ?? passOn)(exchange);
  };
  const server = createServer((incoming, response) => {
    // What the dependency does not answer nobody answers; callers that have died ask half.
    serve(incoming, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    exchanges,
    arm: (fault, armed = {}) => {
      faults = [new Rule(fault, armed), ...faults];
    },
    heal: () => {
      faults = [];
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const passOn: Fault = (exchange) => exchange.pass();

class Rule {
  readonly fault: Fault;
  readonly #when: (request: ProxiedRequest) => boolean;
  #left: number;

  constructor(fault: Fault, { when = () => true, times = Number.POSITIVE_INFINITY }: Armed) {
    this.fault = fault;
    this.#when = when;
    this.#left = times;
  }

  hits(candidate: ProxiedRequest): boolean {
    if (this.#left === 0 || !this.#when(candidate)) return false;
    this.#left -= 1;
    return true;
  }
}

async function readRequest(incoming: IncomingMessage): Promise<ProxiedRequest> {
  return {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: incoming.headers,
    body: await buffer(incoming),
  };
}

/** One request and what its caller was given for it. */
export class Exchange {
  readonly request: ProxiedRequest;
  /** Has the dependency been given the request? */
  forwarded = false;
  readonly #target: string;
  readonly #response: ServerResponse;
  readonly #given: Buffer[] = [];

  constructor(target: string, received: ProxiedRequest, response: ServerResponse) {
    this.#target = target;
    this.request = received;
    this.#response = response;
  }

  /** The bytes of the answer that went to the caller. */
  get given(): Buffer {
    return Buffer.concat(this.#given);
  }

  /** Has the caller hung up, or been hung up on? */
  get over(): boolean {
    return this.#response.destroyed;
  }

  /** Hands the request to the dependency and gives its answer's head; drops it when the caller goes. */
  async forward(): Promise<IncomingMessage> {
    this.forwarded = true;
    const { method, path, headers, body } = this.request;
    const sent = request(new URL(path, this.#target), { method, headers });
    this.#response.once('close', () => sent.destroy());
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    return answer;
  }

  /** Hands the request on and the answer back, chunk by chunk as they come. */
  async pass(): Promise<void> {
    const answer = await this.forward();
    this.begin(answer.statusCode ?? 500, answer.headers);
    for await (const chunk of answer) this.give(chunk);
    this.#response.end();
  }

  begin(status: number, headers: IncomingHttpHeaders): void {
    this.#response.writeHead(status, headers).flushHeaders();
  }

  give(chunk: Buffer): void {
    this.#given.push(chunk);
    this.#response.write(chunk);
  }

  /** Answers in the dependency's stead, or ends its answer. */
  reply(status: number, headers: IncomingHttpHeaders, body: string | Uint8Array): void {
    const bytes = Buffer.from(body);
    this.#given.push(bytes);
    this.#response.writeHead(status, headers).end(bytes);
  }

  /** Resets the connection: nothing more of the answer arrives. */
  drop(): void {
    this.#response.socket?.resetAndDestroy();
    this.#response.destroy();
  }
}
