import { rmSync } from 'node:fs';
import { chatBody } from './bench-call.ts';
import { Connection, chatRequest } from './connection.ts';
import { bundlePeers, Peer } from './peer.ts';
import { type Bounds, runSlice, type Slice } from './slice.ts';
import { percentile, type Spread, spreadOf } from './spread.ts';

/** What stands between client and model; `direct` is nothing. */
export const TARGETS = ['direct', 'bareProxy', 'gateway', 'gatewayOnAws'] as const;

type Target = (typeof TARGETS)[number];

interface Load {
  readonly stream: boolean;
  readonly concurrency: number;
}

const LOADS: readonly Load[] = [
  { stream: false, concurrency: 1 },
  { stream: false, concurrency: 10 },
  { stream: true, concurrency: 1 },
  { stream: true, concurrency: 10 },
];

const ROUNDS = 7;
const SLICE = { requests: 20_000, longestMs: 300 };

/** V8 is still at work after two thousand; then the time ends it, on a machine that is too slow. */
const WARM_UP = { requests: 3_000, longestMs: 7_000 };

/** Each figure is the median of the rounds; differences and ratios are taken within a round. */
export interface TargetFigures {
  readonly perSecond: Spread;
  readonly p50Ms: Spread;
  readonly addedP50Ms: Spread;
  /** Of all rounds together: one slice has too few exchanges for it. */
  readonly addedP99Ms: number;
  readonly addedFirstTextMs: Spread;
  /** Of the process that is the target. */
  readonly cpuUs: Spread;
  readonly cpuToBareProxy: Spread;
  readonly addedP50ToBareProxy: Spread;
  /** Of the processes behind it, medians. */
  readonly cpuUsBehind: Readonly<Record<string, number>>;
}

export interface LoadFigures extends Load {
  readonly targets: Readonly<Record<Target, TargetFigures>>;
  /** Share of the machine's CPU time used by others during the slices. */
  readonly foreignCpu: Spread;
}

export interface OverheadFigures {
  readonly rounds: number;
  readonly sliceMs: number;
  readonly loads: readonly LoadFigures[];
}

type Round = Readonly<Record<Target, Slice>>;
type Stand = Readonly<Record<string, Peer>> & Readonly<Record<Target, Peer>>;

/** What the gateway costs beside no proxy and beside the barest one, model and tables at 0 ms. */
export async function measureOverhead(): Promise<OverheadFigures> {
  const folder = bundlePeers();
  const peers: Peer[] = [];
  try {
    const stand = await startPeers(folder, peers);
    await warmUp(stand);
    const loads: LoadFigures[] = [];
    for (const load of LOADS) loads.push(figuresOf(load, await runLoad(load, stand)));
    return { rounds: ROUNDS, sliceMs: SLICE.longestMs, loads };
  } finally {
    for (const peer of peers) peer.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startPeers(folder: string, started: Peer[]): Promise<Stand> {
  const start = async (...args: Parameters<typeof Peer.start>): Promise<Peer> => {
    const peer = await Peer.start(...args);
    started.push(peer);
    return peer;
  };
  const direct = await start(folder, 'upstream');
  const dynamodb = await start(folder, 'dynamodb');
  const upstreamPort = direct.port;
  return {
    direct,
    dynamodb,
    bareProxy: await start(folder, 'bare-proxy', { upstreamPort }),
    gateway: await start(folder, 'gateway', { upstreamPort }),
    gatewayOnAws: await start(folder, 'gateway', { upstreamPort, dynamodbPort: dynamodb.port }),
  };
}

async function warmUp(stand: Stand): Promise<void> {
  await oneRound({ stream: false, concurrency: 10 }, stand, WARM_UP);
  await oneRound({ stream: true, concurrency: 10 }, stand, { ...WARM_UP, longestMs: 4_000 });
}

async function runLoad(load: Load, stand: Stand): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push(await oneRound(load, stand, SLICE));
  }
  return rounds;
}

async function oneRound(load: Load, stand: Stand, most: Bounds): Promise<Round> {
  const request = chatRequest(chatBody(load.stream));
  const slices: Partial<Record<Target, Slice>> = {};
  for (const target of TARGETS) {
    const { port } = stand[target];
    const connections = await Promise.all(
      Array.from({ length: load.concurrency }, () => Connection.open(port)),
    );
    slices[target] = await runSlice({ connections, request, most, peers: stand });
    for (const connection of connections) connection.close();
  }
  return slices as Round;
}

function figuresOf(load: Load, rounds: readonly Round[]): LoadFigures {
  const targets = Object.fromEntries(
    TARGETS.map((target) => [target, targetFigures(target, rounds)]),
  );
  return {
    ...load,
    targets: targets as Record<Target, TargetFigures>,
    foreignCpu: spreadOf(
      rounds.flatMap((round) => TARGETS.map((target) => round[target].foreignCpu)),
    ),
  };
}

function targetFigures(target: Target, rounds: readonly Round[]): TargetFigures {
  const each = (figure: (round: Round) => number): Spread => spreadOf(rounds.map(figure));
  const added = (of: Target, figure: (slice: Slice) => number) => (round: Round) =>
    figure(round[of]) - figure(round.direct);
  const p50 = ({ p50Ms }: Slice): number => p50Ms;
  const cpu = (of: Target) => (round: Round) => round[of].cpuUs[of] ?? 0;
  return {
    perSecond: each((round) => round[target].perSecond),
    p50Ms: each((round) => round[target].p50Ms),
    addedP50Ms: each(added(target, p50)),
    addedP99Ms: p99Of(target, rounds) - p99Of('direct', rounds),
    addedFirstTextMs: each(added(target, ({ firstTextP50Ms }) => firstTextP50Ms)),
    cpuUs: each(cpu(target)),
    cpuToBareProxy: each((round) => cpu(target)(round) / cpu('bareProxy')(round)),
    addedP50ToBareProxy: each(
      (round) => added(target, p50)(round) / added('bareProxy', p50)(round),
    ),
    cpuUsBehind: Object.fromEntries(
      ['direct', 'dynamodb']
        .filter((name) => name !== target)
        .map((name) => [name, each((round) => round[target].cpuUs[name] ?? 0).median]),
    ),
  };
}

const p99Of = (target: Target, rounds: readonly Round[]): number =>
  percentile(
    rounds.flatMap((round) => round[target].wholeMs).sort((left, right) => left - right),
    0.99,
  );
