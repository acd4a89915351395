import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a peer tells the bench: first where it listens, then what it has used, each time it is asked. */
export type PeerReport = { readonly port: number } | { readonly cpuUs: number };

/** Serves on loopback until the bench goes away. */
export function serve(listener: RequestListener): void {
  const server = createServer({ noDelay: true, keepAliveTimeout: 300_000 }, listener);
  server.listen(0, '127.0.0.1', () => report({ port: (server.address() as AddressInfo).port }));
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    report({ cpuUs: user + system });
  });
  process.on('disconnect', () => process.exit());
}

function report(message: PeerReport): void {
  process.send?.(message);
}

export async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** What the bench passed on the command line, as JSON. */
export const settings = <T>(): T => JSON.parse(process.argv[2] ?? '{}') as T;
