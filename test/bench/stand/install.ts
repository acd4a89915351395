import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Git does not see it, and a second run finds it there. */
const SHELF = fileURLToPath(new URL('../../../.ballast/bench/', import.meta.url));
const THIRD_PARTY = fileURLToPath(new URL('../third-party/', import.meta.url));
const MINUTE_MS = 60_000;

/** Stands in the folder of what is whole, and says of which pins. */
const MARK = 'installed';

interface Installation {
  /** Under the shelf. */
  readonly folder: string;
  /** Files of `third-party/` that go along; what they say decides whether to install again. */
  readonly files: readonly string[];
  readonly steps: readonly { readonly command: string; readonly args: readonly string[] }[];
}

/** Portkey's gateway and Hono. @returns the folder they were installed in. */
export const installNpmPeers = (): Promise<string> =>
  install({
    folder: 'npm',
    files: ['package.json', 'package-lock.json', 'hono-proxy.mjs'],
    steps: [
      {
        command: 'npm',
        args: ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
      },
    ],
  });

/** LiteLLM's proxy. @returns the folder with its environment and its configuration. */
export const installLitellm = (): Promise<string> =>
  install({
    folder: 'python',
    files: ['requirements.txt', 'litellm.yaml'],
    steps: [
      { command: 'python3', args: ['-m', 'venv', 'environment'] },
      {
        command: join('environment', 'bin', 'pip'),
        args: ['install', '--quiet', '--disable-pip-version-check', '-r', 'requirements.txt'],
      },
    ],
  });

/** Lets the next run install everything again: what stands there does not start. */
export function distrustInstallations(): void {
  for (const folder of begun.keys()) rmSync(join(SHELF, folder, MARK), { force: true });
}

/** By folder: several targets need the same, and what failed once is not tried again. */
const begun = new Map<string, Promise<string>>();

function install(installation: Installation): Promise<string> {
  const known = begun.get(installation.folder);
  if (known !== undefined) return known;
  const installing = installOnce(installation);
  begun.set(installation.folder, installing);
  return installing;
}

/** @throws Error that says which command failed, and how. */
async function installOnce({ folder, files, steps }: Installation): Promise<string> {
  const target = join(SHELF, folder);
  const done = join(target, MARK);
  const pins = files.map((file) => readFileSync(join(THIRD_PARTY, file), 'utf8')).join('\n');
  if (existsSync(done) && readFileSync(done, 'utf8') === pins) return target;
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const file of files) copyFileSync(join(THIRD_PARTY, file), join(target, file));
  for (const { command, args } of steps) await run(target, command, args);
  writeFileSync(done, pins);
  return target;
}

async function run(folder: string, command: string, args: readonly string[]): Promise<void> {
  const name = [command, ...args.slice(0, 2)].join(' ');
  const child = spawn(command.includes('/') ? join(folder, command) : command, args, {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 10 * MINUTE_MS,
  });
  const stop = (): boolean => child.kill();
  process.once('exit', stop);
  let said = '';
  child.stderr.on('data', (bytes) => {
    said = `${said}${bytes}`.slice(0, 300);
  });
  const [code, signal] = await once(child, 'close').catch((cause) => {
    throw new Error(`'${name}' cannot be started: ${(cause as Error).message}`, { cause });
  });
  process.off('exit', stop);
  if (code !== 0) throw new Error(`'${name}' ended with ${code ?? signal}: ${said.trim()}`);
}
