import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const JWKS = '/jwks.json';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** An issuer on loopback that publishes what a test tells it to, and counts who asks. */
export interface OidcServer {
  readonly url: string;
  /** Paths in the order they were asked for. */
  readonly requests: readonly string[];
  /** How often the key set was asked for. */
  keySetRequests(): number;
  /** Answers with these keys from now on. */
  publish(...keys: readonly object[]): void;
  /** Answers the key set like this from now on; everything else stays. */
  answerKeySet(answer: Answer): void;
  /** Replaces members of the discovery document. */
  discover(changes: Readonly<Record<string, unknown>>): void;
  close(): Promise<void>;
}

export async function startOidcServer(...keys: readonly object[]): Promise<OidcServer> {
  const requests: string[] = [];
  let discovery: Readonly<Record<string, unknown>> = {};
  let answerKeySet = withJson({ keys });
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    if (request.url === '/.well-known/openid-configuration') {
      withJson({ issuer: url, jwks_uri: `${url}${JWKS}`, ...discovery })(request, response);
    } else if (request.url === JWKS) {
      answerKeySet(request, response);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests,
    keySetRequests: () => requests.filter((path) => path === JWKS).length,
    publish: (...published) => {
      answerKeySet = withJson({ keys: published });
    },
    answerKeySet: (answer) => {
      answerKeySet = answer;
    },
    discover: (changes) => {
      discovery = changes;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const withJson =
  (body: unknown, status = 200): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
