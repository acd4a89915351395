import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { type DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { createDynamodbClient } from '#adapters/dynamodb/client.ts';
import { freePort } from '../../support/free-port.ts';
import { fetchDynamodbLocal } from './fetch-dynamodb-local.ts';

const MAIN = 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner';
const LONGEST_START_MS = 30_000;

/** Amazon's own DynamoDB for one machine, in memory. */
export interface DynamodbLocal {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  close(): Promise<void>;
}

/** @throws Error saying in one line why it cannot run here. */
export async function startDynamodbLocal(): Promise<DynamodbLocal> {
  const folder = await fetchDynamodbLocal();
  const port = await freePort();
  const java = spawn(
    'java',
    [
      `-Djava.library.path=${folder}`,
      '-classpath',
      [join(folder, '*')].join(delimiter),
      MAIN,
      '-inMemory',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const kill = () => java.kill('SIGKILL');
  process.once('exit', kill);
  const endpoint = `http://127.0.0.1:${port}`;
  const client = createDynamodbClient({
    endpoint,
    requestTimeoutMs: 20_000,
    connectionTimeoutMs: 20_000,
  });
  try {
    await Promise.race([ended(java), ready(client, java)]);
  } catch (thrown) {
    kill();
    throw thrown;
  }
  return {
    endpoint,
    client,
    close: async () => {
      client.destroy();
      process.off('exit', kill);
      kill();
      if (java.exitCode === null && java.signalCode === null) await once(java, 'exit');
    },
  };
}

async function ready(client: DynamoDBClient, java: ChildProcess): Promise<void> {
  const untilMs = Date.now() + LONGEST_START_MS;
  while (java.exitCode === null && java.signalCode === null) {
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch (cause) {
      if (Date.now() > untilMs) throw new Error('DynamoDB Local did not start', { cause });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Rejects when the process ends, with the first thing it complained of. */
function ended(java: ChildProcess): Promise<never> {
  let said = '';
  java.stderr?.on('data', (chunk: Buffer) => {
    if (said.length < 2_000) said += chunk.toString();
  });
  return new Promise((_resolve, reject) => {
    java.once('error', () => reject(new Error('java is not installed')));
    java.once('exit', (code) => {
      const [reason = ''] = said.trim().split('\n').slice(-1);
      reject(new Error(`DynamoDB Local ended with ${code}: ${reason}`));
    });
  });
}
