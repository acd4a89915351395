import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { bundleOptions } from '../../../lib/function/bundle.ts';
import type { PeerReport } from '../peers/serve.ts';
import { onCore } from './placement.ts';

const PEERS = {
  upstream: new URL('../peers/upstream.ts', import.meta.url),
  'bare-proxy': new URL('../peers/bare-proxy.ts', import.meta.url),
  dynamodb: new URL('../peers/dynamodb.ts', import.meta.url),
  gateway: new URL('../peers/gateway.ts', import.meta.url),
  keeper: new URL('../peers/keeper.ts', import.meta.url),
} as const;

type PeerName = keyof typeof PEERS;

export interface PeerStart {
  /** What `bundlePeers` gave. */
  readonly folder: string;
  readonly name: PeerName;
  readonly settings?: object;
  /** The one core it may use. */
  readonly core?: number | undefined;
  /** What it writes, for whoever wants to count it; left out, it goes nowhere. */
  readonly onOutput?: (bytes: Buffer) => void;
}

/** A process of its own that serves on loopback, and ends with the bench at the latest. */
export class Peer {
  readonly port: number;
  /** The process that serves. */
  readonly pid: number;
  /** From the start of the process until it said where it listens. */
  readonly startMs: number;
  readonly #process: ChildProcess;

  private constructor(
    process: ChildProcess,
    { port, pid, startMs }: Pick<Peer, 'port' | 'pid' | 'startMs'>,
  ) {
    this.#process = process;
    this.port = port;
    this.pid = pid;
    this.startMs = startMs;
  }

  /** @throws Error, with what it said last, when the process ends before it listens. */
  static async start({ folder, name, settings = {}, core, onOutput }: PeerStart): Promise<Peer> {
    const fromMs = performance.now();
    const node = onCore(core, process.execPath);
    const child = fork(join(folder, `${name}.mjs`), [JSON.stringify(settings)], {
      // What it logs goes nowhere, at the price of writing it.
      stdio: ['ignore', onOutput === undefined ? 'ignore' : 'pipe', 'pipe', 'ipc'],
      execPath: node.command,
      execArgv: [...node.args],
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      },
    });
    if (onOutput !== undefined) child.stdout?.on('data', onOutput);
    let said = '';
    child.stderr?.on('data', (bytes) => {
      said = `${said}${bytes}`.slice(-2_000);
    });
    const report = await Promise.race([
      once(child, 'message').then(([message]) => message as PeerReport),
      once(child, 'exit').then(([code]) => {
        throw new Error(`the peer '${name}' ended with ${code} before it listened: ${said.trim()}`);
      }),
    ]);
    const pid = 'pid' in report ? report.pid : child.pid;
    if (!('port' in report) || pid === undefined) {
      throw new Error(`the peer '${name}' did not say where it listens`);
    }
    return new Peer(child, { port: report.port, pid, startMs: performance.now() - fromMs });
  }

  get alive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Asks the peer to change what it does, and waits until it does. */
  async tell(order: object): Promise<void> {
    const obeyed = once(this.#process, 'message');
    this.#process.send(order);
    await obeyed;
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
