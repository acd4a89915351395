import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { ADMIN, type GovernanceBench } from './governance.ts';

/** What the real governance door answers, on a loopback port. */
export interface GovernanceServer {
  readonly url: string;
  /** `authorization` headers in the order they came. */
  readonly authorizations: readonly (string | undefined)[];
  close(): Promise<void>;
}

/** Mounts a bench's door; `secret` is the administrator, anything else is nobody. */
export async function serveGovernance(
  bench: GovernanceBench,
  secret: string,
): Promise<GovernanceServer> {
  const authorizations: (string | undefined)[] = [];
  const server = createServer(async (incoming, response) => {
    const { authorization } = incoming.headers;
    authorizations.push(authorization);
    const answer = await bench.send(incoming.method ?? '', incoming.url ?? '', {
      body: await text(incoming),
      caller: authorization === `Bearer ${secret}` ? ADMIN : null,
    });
    response.writeHead(answer.status, answer.headers).end(JSON.stringify(answer.json));
  });
  return { url: await listen(server), authorizations, close: () => close(server) };
}

/** Answers every request with the same, for what a door would never say. */
export async function serveAlways(
  status: number,
  body: string,
  seen: (request: IncomingMessage, body: string) => void = () => {},
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async (incoming, response) => {
    seen(incoming, await text(incoming));
    response.writeHead(status).end(body);
  });
  return { url: await listen(server), close: () => close(server) };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
