import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bundle, type ShippedFile } from '../../lib/function/bundle.ts';

const RUNTIME = fileURLToPath(new URL('./lambda-runtime.mjs', import.meta.url));

interface Invoked {
  readonly result?: unknown;
  readonly prelude?: { readonly statusCode: number; readonly headers: Record<string, string> };
  readonly body?: string;
  readonly error?: string;
}

/** A door, bundled as it is deployed, in a process that looks like Lambda's. */
export interface BundledFunction {
  /** Never answers when the process ends first. */
  invoke(event: object): Promise<Invoked>;
  /** At once, as Lambda does it. */
  kill(): void;
  close(): Promise<void>;
}

export async function startBundled(
  door: string,
  environment: Readonly<Record<string, string>>,
  files: Readonly<Record<string, ShippedFile>> = {},
): Promise<BundledFunction> {
  const folder = await mkdtemp(join(tmpdir(), `bundled-${door}-`));
  bundle({ door, files }, folder);
  const child = spawn(process.execPath, [RUNTIME, join(folder, 'index.mjs')], {
    // Lambda starts a function in its root.
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: 'local',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map<number, (answer: Invoked) => void>();
  const ready = listen(child, waiting);
  await Promise.race([
    ready,
    once(child, 'exit').then(([code]) => {
      throw new Error(`the ${door} function ended with ${code} while it started`);
    }),
  ]);
  let calls = 0;
  return {
    invoke: (event) =>
      new Promise((resolve) => {
        calls += 1;
        waiting.set(calls, resolve);
        child.stdin.write(`${JSON.stringify({ id: calls, event })}\n`);
      }),
    kill: () => child.kill('SIGKILL'),
    close: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        await exited;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Answers come as lines of JSON with an id; the function's own log lines are passed over. */
function listen(child: ChildProcess, waiting: Map<number, (answer: Invoked) => void>) {
  return new Promise<void>((resolve) => {
    if (child.stdout === null) throw new Error('the process has no output');
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{"ready"') && !line.startsWith('{"id"')) return;
      const { ready, id, ...answer } = JSON.parse(line) as Invoked & { ready?: true; id?: number };
      if (ready) resolve();
      if (id === undefined) return;
      waiting.get(id)?.(answer);
      waiting.delete(id);
    });
  });
}
