import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { bundleOptions } from '../../lib/function/bundle.ts';
import type { PeerReport } from './peers/serve.ts';

const PEERS = {
  upstream: new URL('./peers/upstream.ts', import.meta.url),
  'bare-proxy': new URL('./peers/bare-proxy.ts', import.meta.url),
  dynamodb: new URL('./peers/dynamodb.ts', import.meta.url),
  gateway: new URL('./peers/gateway.ts', import.meta.url),
} as const;

type PeerName = keyof typeof PEERS;

/** A process of its own that serves on loopback. */
export class Peer {
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  /** @throws Error when the process ends before it listens. */
  static async start(folder: string, name: PeerName, settings: object = {}): Promise<Peer> {
    const child = fork(join(folder, `${name}.mjs`), [JSON.stringify(settings)], {
      // What it logs goes nowhere, at the price of writing it.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
      env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    });
    const report = await Promise.race([
      once(child, 'message').then(([message]) => message as PeerReport),
      once(child, 'exit').then(([code]) => {
        throw new Error(`the peer '${name}' ended with ${code} before it listened`);
      }),
    ]);
    if (!('port' in report)) throw new Error(`the peer '${name}' did not say where it listens`);
    return new Peer(child, report.port);
  }

  /** CPU time used since its start, in microseconds. */
  async cpuUs(): Promise<number> {
    const answer = once(this.#process, 'message');
    this.#process.send({});
    const [report] = (await answer) as [PeerReport];
    return 'cpuUs' in report ? report.cpuUs : 0;
  }

  stop(): void {
    this.#process.kill();
  }
}

/** Bundles every peer as a door is bundled; a loader in the process would be measured with it. */
export function bundlePeers(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-bench-'));
  buildSync({
    ...bundleOptions('gateway', folder),
    entryPoints: Object.fromEntries(
      Object.entries(PEERS).map(([name, url]) => [name, fileURLToPath(url)]),
    ),
  });
  return folder;
}
