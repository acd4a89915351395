import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tsx = fileURLToPath(new URL('../../node_modules/.bin/tsx', import.meta.url));

export interface SpawnedPlatform {
  readonly url: string;
  readonly keys: Readonly<Record<string, string>>;
  readonly process: ChildProcess;
  /** Ends it as Ctrl-C does, and gives its exit code. */
  stop(): Promise<number | null>;
}

/** `npm start -- --json …`, as a process of its own. */
export async function spawnPlatform(...args: readonly string[]): Promise<SpawnedPlatform> {
  const child = run(['--json', '--port', '0', ...args]);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => {
      throw new Error(`the platform did not start: ${errors}`);
    }),
  ])) as [string];
  const { url, keys } = JSON.parse(line) as Pick<SpawnedPlatform, 'url' | 'keys'>;
  return {
    url,
    keys,
    process: child,
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      const [code] = await exited;
      return code;
    },
  };
}

/** Runs it to its end, for starts that are refused. */
export async function runPlatform(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = run(args);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const [code] = await once(child, 'exit');
  return { code, output };
}

const run = (args: readonly string[]) =>
  spawn(tsx, ['bin/local.ts', ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
