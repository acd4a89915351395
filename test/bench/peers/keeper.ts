// Keeps a program that is not ours: starts it, says when it answers, and ends it and its children when
// the bench goes away, however that ends.
import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { report, settings } from './serve.ts';

/** What to start, and where it will listen. */
export interface KeptProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
  /** Answers with any status once the program is ready. */
  readonly readyPath: string;
  /** File for what it says on stderr. */
  readonly log: string;
  readonly startWithinMs: number;
}

const program = settings<KeptProgram>();

const child = spawn(program.command, program.args, {
  stdio: ['ignore', 'ignore', openSync(program.log, 'w')],
  env: { ...process.env, ...program.environment },
  // Leads a group of its own, so that its children can be ended with it.
  detached: true,
});

const end = (code: number): never => {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    process.kill(-child.pid, 'SIGKILL');
  }
  process.exit(code);
};

function fail(what: string): never {
  const lines = readFileSync(program.log, 'utf8').trim().split('\n');
  const errors = lines.filter((line) => /error/i.test(line));
  const said = (errors.length > 0 ? errors : lines).slice(-3).join(' | ');
  process.stderr.write(`${program.command} ${what}${said === '' ? '' : `: ${said}`}\n`);
  return end(1);
}

const answers = (): Promise<boolean> =>
  new Promise((resolve) => {
    const request = get(
      { host: '127.0.0.1', port: program.port, path: program.readyPath, timeout: 2_000 },
      (answer) => {
        answer.resume();
        resolve(true);
      },
    );
    // Nobody listens yet.
    request.on('error', () => resolve(false));
    request.on('timeout', () => request.destroy(new Error('no answer')));
  });

process.on('disconnect', () => end(0));
process.on('SIGTERM', () => end(0));
child.on('error', (error) => fail(`cannot be started (${error.message})`));
child.on('exit', (code, signal) => fail(`ended with ${code ?? signal}`));

const lastMs = Date.now() + program.startWithinMs;
while (!(await answers())) {
  if (Date.now() > lastMs) fail(`did not answer within ${program.startWithinMs / 1_000} s`);
  await pause(100);
}
if (child.pid !== undefined) report({ port: program.port, pid: child.pid });
