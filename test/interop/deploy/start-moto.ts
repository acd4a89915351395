import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../support/free-port.ts';
import { installMoto } from './install-moto.ts';

const CALLS = fileURLToPath(new URL('aws-calls.py', import.meta.url));
const LONGEST_START_MS = 60_000;

/** Moto looks at no credential; both SDKs want one. */
export const ACCOUNT = { region: 'us-east-1', id: '123456789012' } as const;
const ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'testing',
  AWS_SECRET_ACCESS_KEY: 'testing',
  AWS_DEFAULT_REGION: ACCOUNT.region,
};

/** An AWS account on this machine, empty at first and gone when closed. */
export interface EmulatedAccount {
  readonly endpoint: string;
  /** Folder of the Python that the emulator runs on. */
  readonly programs: string;
  /**
   * One call by boto3, named as boto3 names it (`lambda`, `list_functions`, `{}`).
   *
   * @throws Error with the emulator's own words when it refuses.
   */
  call<Answer>(service: string, operation: string, parameters?: object): Promise<Answer>;
  close(): Promise<void>;
}

/** @throws Error saying in one line why it cannot run here. */
export async function startMoto(): Promise<EmulatedAccount> {
  const programs = await installMoto();
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const options = { env: ENVIRONMENT, stdio: 'ignore' } as const;
  const server = spawn(
    join(programs, 'moto_server'),
    ['-H', '127.0.0.1', '-p', `${port}`],
    options,
  );
  const boto = spawn(join(programs, 'python'), [CALLS, endpoint], {
    env: ENVIRONMENT,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const kill = () => {
    boto.kill('SIGKILL');
    server.kill('SIGKILL');
  };
  process.once('exit', kill);
  try {
    await ready(endpoint, server);
  } catch (thrown) {
    kill();
    throw thrown;
  }
  return {
    endpoint,
    programs,
    call: callerOf(boto),
    close: async () => {
      process.off('exit', kill);
      kill();
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
    },
  };
}

/** Calls answer in the order they were asked. */
function callerOf(boto: ChildProcess): EmulatedAccount['call'] {
  const { stdin, stdout } = boto;
  if (stdin === null || stdout === null) throw new Error('boto3 has no pipes to speak through');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();
  return <Answer>(service: string, operation: string, parameters: object = {}) => {
    const ask = async (): Promise<Answer> => {
      stdin.write(`${JSON.stringify({ service, operation, parameters })}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`boto3 ended before it answered ${service} ${operation}`);
      const said = JSON.parse(value) as { readonly answer: Answer; readonly error?: string };
      if (said.error !== undefined) throw new Error(`${service} ${operation}: ${said.error}`);
      return said.answer;
    };
    const next = last.then(ask, ask);
    last = next;
    return next;
  };
}

async function ready(endpoint: string, server: ChildProcess): Promise<void> {
  const untilMs = Date.now() + LONGEST_START_MS;
  while (server.exitCode === null && server.signalCode === null) {
    try {
      await fetch(`${endpoint}/moto-api/data.json`);
      return;
    } catch (cause) {
      if (Date.now() > untilMs) throw new Error('moto did not start', { cause });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`moto ended with ${server.exitCode ?? server.signalCode} before it answered`);
}
