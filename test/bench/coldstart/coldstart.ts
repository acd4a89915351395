import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { routeSchema } from '../../../lambdas/platform/contract.ts';
import { bundle } from '../../../lib/function/bundle.ts';
import { benchCaller, benchPrices, benchRoute, chatBody } from '../load/bench-call.ts';
import { type Spread, spreadOf } from '../load/spread.ts';
import { bundlePeers, Peer } from '../stand/peer.ts';
import { type BundleSizes, bundleSizes } from './bundle-sizes.ts';
import { type DeployedDoor, devPlatform, gatewayWith, otherDoors } from './doors.ts';

export interface ColdStartFigures {
  readonly name: string;
  /** From the start of the process until the handler exists. */
  readonly readyMs: Spread;
  /** The handler's module alone. */
  readonly importMs: Spread;
  readonly readyToEmpty: Spread;
  readonly firstMs?: Spread;
  readonly secondMs?: Spread;
  readonly bytes?: Pick<BundleSizes, 'totalBytes' | 'staticBytes'>;
}

export interface ColdStarts {
  readonly runs: number;
  readonly functions: readonly ColdStartFigures[];
}

interface Start {
  readonly readyMs: number;
  readonly importMs: number;
  readonly invocations: readonly number[];
}

interface Candidate {
  readonly name: string;
  readonly folder: string;
  readonly door?: DeployedDoor;
  readonly environment: Readonly<Record<string, string>>;
}

const PROCESS = fileURLToPath(new URL('./cold-process.mjs', import.meta.url));
const EMPTY = 'empty handler';

/**
 * Every door as it is bundled for deployment, and a handler that does nothing, started in turns.
 *
 * @param runs of each.
 */
export async function measureColdStarts(runs: number): Promise<ColdStarts> {
  const peersFolder = bundlePeers();
  const root = mkdtempSync(join(tmpdir(), 'ballast-cold-'));
  const peers: Peer[] = [];
  try {
    const upstream = await Peer.start({ folder: peersFolder, name: 'upstream' });
    peers.push(upstream);
    const dynamodb = await Peer.start({ folder: peersFolder, name: 'dynamodb' });
    peers.push(dynamodb);
    const candidates = prepare(root, { upstream, dynamodb });
    const starts = await startInTurns(candidates, runs);
    return { runs, functions: figuresOf(candidates, starts) };
  } finally {
    for (const peer of peers) peer.stop();
    rmSync(root, { recursive: true, force: true });
    rmSync(peersFolder, { recursive: true, force: true });
  }
}

function prepare(
  root: string,
  { upstream, dynamodb }: { readonly upstream: Peer; readonly dynamodb: Peer },
): readonly Candidate[] {
  const platform = devPlatform();
  const candidateOf = (name: string, door: DeployedDoor, environment = {}): Candidate => {
    const folder = join(root, name.replaceAll(/\W+/g, '-'));
    bundle(door, folder);
    return { name, folder, door, environment: { ...door.environment, ...environment } };
  };
  const calling = gatewayWith({
    ...platform,
    routes: [v.parse(routeSchema, benchRoute)],
    prices: { ...platform.prices, prices: benchPrices },
    providers: {
      mock: { kind: 'openai-compatible', baseUrl: `http://127.0.0.1:${upstream.port}/v1` },
    },
  });
  return [
    emptyHandler(root),
    candidateOf('gateway', gatewayWith(platform)),
    candidateOf('gateway, two requests', calling, {
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${dynamodb.port}`,
      BENCH_EVENT: JSON.stringify(chatEvent()),
    }),
    ...otherDoors(platform).map((door) => candidateOf(door.door, door)),
  ];
}

function emptyHandler(root: string): Candidate {
  const folder = join(root, 'empty');
  mkdirSync(folder);
  writeFileSync(join(folder, 'index.mjs'), 'export const handler = async () => ({});\n');
  return { name: EMPTY, folder, environment: {} };
}

/** What API Gateway sends for a chat request whose caller the authorizer knows. */
const chatEvent = () => ({
  httpMethod: 'POST',
  path: '/v1/chat/completions',
  headers: { 'content-type': 'application/json' },
  queryStringParameters: null,
  requestContext: { authorizer: { caller: JSON.stringify(benchCaller) } },
  body: chatBody(false),
  isBase64Encoded: false,
});

/** The first turn fills the page cache and counts for nothing. */
async function startInTurns(
  candidates: readonly Candidate[],
  runs: number,
): Promise<ReadonlyMap<string, readonly Start[]>> {
  const starts = new Map<string, Start[]>(candidates.map(({ name }) => [name, []]));
  for (let turn = 0; turn <= runs; turn += 1) {
    for (const candidate of candidates) {
      const start = await startOnce(candidate);
      if (turn > 0) starts.get(candidate.name)?.push(start);
    }
  }
  return starts;
}

async function startOnce({ name, folder, environment }: Candidate): Promise<Start> {
  const child = fork(PROCESS, [join(folder, 'index.mjs')], {
    cwd: folder,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: 'local',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...environment,
      BENCH_STARTED_NS: String(process.hrtime.bigint()),
    },
  });
  const exited = once(child, 'exit');
  const start = await Promise.race([
    once(child, 'message').then(([message]) => message as Start),
    exited.then(([code]) => {
      throw new Error(`the function '${name}' ended with ${code} before it was measured`);
    }),
  ]);
  child.kill('SIGKILL');
  await exited;
  return start;
}

function figuresOf(
  candidates: readonly Candidate[],
  starts: ReadonlyMap<string, readonly Start[]>,
): readonly ColdStartFigures[] {
  const empty = starts.get(EMPTY) ?? [];
  return candidates.map(({ name, door }) => {
    const own = starts.get(name) ?? [];
    const each = (figure: (start: Start, turn: number) => number): Spread =>
      spreadOf(own.map(figure));
    const invoked = (own[0]?.invocations.length ?? 0) > 0;
    return {
      name,
      readyMs: each(({ readyMs }) => readyMs),
      importMs: each(({ importMs }) => importMs),
      readyToEmpty: each(({ readyMs }, turn) => readyMs / (empty[turn]?.readyMs ?? Number.NaN)),
      ...(invoked
        ? {
            firstMs: each(({ invocations }) => invocations[0] ?? Number.NaN),
            secondMs: each(({ invocations }) => invocations[1] ?? Number.NaN),
          }
        : {}),
      ...(door === undefined ? {} : { bytes: sizesOf(door.door) }),
    };
  });
}

function sizesOf(door: string): Pick<BundleSizes, 'totalBytes' | 'staticBytes'> {
  const { totalBytes, staticBytes } = bundleSizes(door);
  return { totalBytes, staticBytes };
}
