import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { GetItemCommand, type GetItemCommandInput } from '@aws-sdk/client-dynamodb';
import { type Dynalite, startDynalite } from '../../support/dynalite.ts';
import { operationOf } from '../../support/dynamodb-requests.ts';
import { type Exchange, type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { itemSize } from '../../support/item-size.ts';
import { chatBody } from '../load/bench-call.ts';
import { bundlePeers, Peer } from '../stand/peer.ts';

/** What one request leaves behind, counted and not timed. */
export interface RequestFootprint {
  /** Calls of the SDK by kind and table, such as `UpdateItem quota`. */
  readonly calls: Readonly<Record<string, number>>;
  /** Of all writes: each is billed by the larger of the item before and the item after, in kilobytes begun. */
  readonly writeUnits: number;
  /** Log lines and metrics, as the function writes them. */
  readonly logBytes: number;
  /** Head and body. */
  readonly answerBytes: number;
}

export interface Footprints {
  readonly whole: RequestFootprint;
  readonly streamed: RequestFootprint;
}

const WRITES = 4;
const FINISHED = '"inference finished"';
const PATIENCE_MS = 10_000;

/**
 * One whole answer and one stream through the gateway as it is bundled, with real tables behind the
 * real SDK, after a first request has made everything warm.
 *
 * @throws Error when a request leaves fewer writes or lines than it must.
 */
export async function measureFootprints(): Promise<Footprints> {
  const folder = bundlePeers();
  const tables = await startDynalite();
  const proxy = await startFaultProxy(tables.endpoint);
  const peers: Peer[] = [];
  let log = '';
  try {
    const upstream = await Peer.start({ folder, name: 'upstream' });
    peers.push(upstream);
    const settings = {
      upstreamPort: upstream.port,
      dynamodbPort: Number(new URL(proxy.url).port),
    };
    const onOutput = (bytes: Buffer): void => {
      log += bytes.toString('utf8');
    };
    const gateway = await Peer.start({ folder, name: 'gateway', settings, onOutput });
    peers.push(gateway);
    const measure = async (stream: boolean): Promise<RequestFootprint> => {
      log = '';
      const metered = meter(tables, proxy);
      const answerBytes = await ask(gateway.port, chatBody(stream));
      await until(() => metered.writeUnits.length >= WRITES && log.includes(FINISHED));
      return {
        calls: metered.calls,
        writeUnits: metered.writeUnits.reduce((sum, units) => sum + units, 0),
        logBytes: Buffer.byteLength(log),
        answerBytes,
      };
    };
    await measure(false);
    return { whole: await measure(false), streamed: await measure(true) };
  } finally {
    for (const peer of peers) peer.stop();
    await proxy.close();
    await tables.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Counts from now on what goes through the proxy, and weighs each write. */
function meter(tables: Dynalite, proxy: FaultProxy) {
  const calls: Record<string, number> = {};
  const writeUnits: number[] = [];
  const size = async (body: Body): Promise<number> => {
    const { Item: item = {} } = await tables.client.send(
      new GetItemCommand({ ...whereOf(body), ConsistentRead: true }),
    );
    return itemSize(item);
  };
  const count = async (exchange: Exchange): Promise<void> => {
    const operation = operationOf(exchange.request);
    const body = JSON.parse(exchange.request.body.toString()) as Body;
    const kind = `${operation} ${body['TableName']}`;
    calls[kind] = (calls[kind] ?? 0) + 1;
    if (!WRITE_OPERATIONS.includes(operation)) return exchange.pass();
    const before = await size(body);
    const answer = await exchange.forward();
    const said = await buffer(answer);
    writeUnits.push(Math.ceil(Math.max(before, await size(body)) / 1_024));
    exchange.reply(answer.statusCode ?? 500, answer.headers, said);
  };
  proxy.heal();
  proxy.arm(count);
  return { calls, writeUnits };
}

type Body = Readonly<Record<string, unknown>>;

const WRITE_OPERATIONS = ['PutItem', 'UpdateItem', 'DeleteItem'];

/** Where a write goes: its key, or that of the item it puts. */
function whereOf(body: Body): GetItemCommandInput {
  const { TableName, Key, Item } = body as Record<string, Record<string, { S: string }>> & {
    TableName: string;
  };
  const { pk, sk } = (Key ?? Item ?? {}) as Record<string, { S: string }>;
  if (pk === undefined || sk === undefined) throw new Error(`no key in a write to ${TableName}`);
  return { TableName, Key: { pk, sk } };
}

/** @returns bytes of the answer, head and body. */
function ask(port: number, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/v1/chat/completions',
        headers: { 'content-type': 'application/json' },
        // A connection of its own: its socket counts the bytes.
        agent: false,
      },
      (answer) => {
        const { socket, statusCode } = answer;
        answer.resume();
        answer.on('error', reject);
        answer.on('end', () => {
          if (statusCode === 200) resolve(socket.bytesRead);
          else reject(new Error(`expected status 200, got ${statusCode}`));
        });
      },
    );
    asking.on('error', reject).end(body);
  });
}

async function until(isSo: () => boolean): Promise<void> {
  const lastMs = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    if (performance.now() > lastMs)
      throw new Error('a request left fewer writes or lines than it must');
    await pause(10);
  }
}
