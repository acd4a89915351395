import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What a peer tells the bench: where it listens, and which process serves if it is not its own; after
 * that, that it does as it was told.
 */
export type PeerReport =
  | { readonly port: number; readonly pid?: number }
  | { readonly obeyed: true };

/**
 * Serves on loopback until the bench goes away.
 *
 * @param obey is given what the bench asks for while the peer runs.
 */
export function serve(listener: RequestListener, obey?: (order: unknown) => void): void {
  const server = createServer({ noDelay: true, keepAliveTimeout: 300_000 }, listener);
  server.listen(0, '127.0.0.1', () => report({ port: (server.address() as AddressInfo).port }));
  process.on('message', (order) => {
    obey?.(order);
    report({ obeyed: true });
  });
  process.on('disconnect', () => process.exit());
}

export function report(message: PeerReport): void {
  process.send?.(message);
}

/** By events: an iterator would cost as much as the rest of the reading. */
export function textOf(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    incoming.setEncoding('utf8');
    incoming.on('data', (piece: string) => {
      text += piece;
    });
    incoming.once('end', () => resolve(text));
    incoming.once('error', reject);
  });
}

/** What the bench passed on the command line, as JSON. */
export const settings = <T>(): T => JSON.parse(process.argv[2] ?? '{}') as T;
