import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { AwsAccount } from '../../bin/ballast/aws-account.ts';
import { runCli } from '../../bin/ballast/run-cli.ts';

export interface CliRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly aws?: AwsAccount;
}

/** Runs one command line in this process, in surroundings of its own. */
export async function runBallast(
  args: readonly string[],
  { env = {}, aws }: Surroundings = {},
): Promise<CliRun> {
  let stdout = '';
  let stderr = '';
  const exitCode = await runCli(args, {
    env,
    out: (part) => {
      stdout += part;
    },
    err: (part) => {
      stderr += part;
    },
    openAws: async () => {
      if (aws === undefined) throw new Error('this test has no AWS account');
      return aws;
    },
  });
  return { exitCode, stdout, stderr };
}

const LAUNCHER = fileURLToPath(new URL('../../bin/ballast.js', import.meta.url));

/** Runs the real thing: launcher, TypeScript loader, process environment and exit code. */
export async function spawnBallast(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CliRun> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [exitCode] = await exited;
  return { exitCode, stdout, stderr };
}
