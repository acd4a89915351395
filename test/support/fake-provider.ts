import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { constants, createServer as createHttp2Server, Http2ServerResponse } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';

/** One request a fake provider has received. */
interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Resolves once the client has dropped the connection before the answer's end. */
  readonly dropped: Promise<void>;
}

/** How a fake provider meets one request. */
export type Behaviour = (request: ReceivedRequest, response: ServerResponse) => unknown;

/** A provider on loopback that does what it is told. */
export interface FakeProvider {
  /** Without a path. */
  readonly url: string;
  /** In the order they came. */
  readonly requests: readonly ReceivedRequest[];
  /** Connections opened so far. */
  readonly connections: number;
  /** For the next requests, one behaviour each; after them it answers well again. */
  behave(...next: Behaviour[]): void;
  /** Drops every connection. */
  close(): Promise<void>;
}

interface FakeProviderOptions {
  /** What it does when nothing else is asked of it. */
  readonly otherwise: Behaviour;
  /** HTTP/2 is spoken without TLS and from the first byte. */
  readonly protocol?: 'http1' | 'http2';
}

export async function startFakeProvider({
  otherwise,
  protocol = 'http1',
}: FakeProviderOptions): Promise<FakeProvider> {
  const queue: Behaviour[] = [];
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const receive = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body: Buffer[] = [];
    for await (const chunk of incoming) body.push(chunk);
    const request: ReceivedRequest = {
      path: decodeURIComponent(incoming.url ?? ''),
      headers: incoming.headers,
      body: Buffer.concat(body).toString('utf8'),
      dropped: new Promise((resolve) => {
        response.once('close', () => {
          if (!response.writableFinished) resolve();
        });
      }),
    };
    requests.push(request);
    await (queue.shift() ?? otherwise)(request, response);
  };
  // A request that breaks off is not worth an answer.
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    receive(incoming, response).catch(() => response.destroy());
  };
  const server =
    protocol === 'http1'
      ? createServer(listener)
      : createHttp2Server((incoming, response) =>
          // The compatibility classes stand in for those of node:http, which they are modelled on.
          listener(incoming as unknown as IncomingMessage, response as unknown as ServerResponse),
        );
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get connections() {
      return connections;
    },
    behave: (...next) => {
      queue.push(...next);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

type Ending = 'end' | 'reset' | 'silence';

interface WritePieces {
  readonly contentType: string;
  readonly ending?: Ending;
}

/** Writes pieces one by one, each in a turn of its own, and then ends in one of three ways. */
export function writes(
  pieces: readonly (string | Uint8Array)[],
  { contentType, ending = 'end' }: WritePieces,
): Behaviour {
  return async (_request, response) => {
    response.writeHead(200, { 'content-type': contentType });
    for (const piece of pieces) {
      response.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (ending === 'end') response.end();
    // Given time to arrive: a reset discards what is still under way.
    if (ending === 'reset') setTimeout(() => drop(response), 20);
  };
}

/** Answers whole. */
export const answers =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Behaviour =>
  (_request, response) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(text);
  };

/** Takes the request and says nothing. */
export const staysSilent = (): Behaviour => () => undefined;

/** Closes the connection instead of answering. */
export const hangsUp = (): Behaviour => (_request, response) => drop(response);

/** Breaks the connection off; over HTTP/2 the stream, where a mere `destroy` would end it in peace. */
function drop(response: ServerResponse): void {
  if (response instanceof Http2ServerResponse)
    response.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  else response.destroy();
}
