import { CHUNKS } from '../peers/stream-text.ts';
import type { Stand, Target } from '../stand/stand.ts';
import type { TargetName } from '../stand/targets.ts';
import { chatBody } from './bench-call.ts';
import { Connection, chatRequest } from './connection.ts';
import type { Load, StreamLoad, WholeLoad } from './loads.ts';
import { runSlice, type Slice } from './slice.ts';
import { percentile } from './spread.ts';
import { StreamConnection } from './stream-connection.ts';
import type { StreamFigures } from './stream-tally.ts';

/** By name, a number for each round; a `…P99Ms` one for each third of the rounds. */
type Series = Readonly<Record<string, readonly number[]>>;

export interface LoadResult {
  readonly load: Load;
  readonly targets: Readonly<Partial<Record<TargetName, Series>>>;
  /** Of each slice. */
  readonly foreignCpu: readonly number[];
}

/** Slices of one target, one for each round. */
type Slices<T> = Map<TargetName, Slice<T>[]>;

/** What a load needs of the stand. */
export type Grounds = Pick<Stand, 'targets' | 'pids' | 'conduct' | 'skip'>;

/** How long the last answers of a slice may take after its end, before their target is given up. */
const PATIENCE_MS = 60_000;

/** All targets in turn, round after round; each round begins with another. */
export function runLoad(load: Load, stand: Grounds, patienceMs = PATIENCE_MS): Promise<LoadResult> {
  return load.kind === 'whole'
    ? runWhole(load, stand, patienceMs)
    : runStreams(load, stand, patienceMs);
}

async function runWhole(load: WholeLoad, stand: Grounds, patienceMs: number): Promise<LoadResult> {
  await stand.conduct({ delayMs: load.upstreamMs, paceMs: 0, text: 'prose' });
  const slices = await inTurns({ load, stand, patienceMs }, async ({ port, headers }) => {
    const request = chatRequest(chatBody(false), headers);
    const connections = await Promise.all(
      Array.from({ length: load.connections }, () => Connection.open(port)),
    );
    return connections.map((connection) => ({
      ask: () => connection.ask(request),
      close: () => connection.close(),
    }));
  });
  return resultOf(load, stand, slices, wholeSeries);
}

async function runStreams(
  load: StreamLoad,
  stand: Grounds,
  patienceMs: number,
): Promise<LoadResult> {
  await stand.conduct({ delayMs: 0, paceMs: load.paceMs, text: load.text });
  const body = chatBody(true);
  const slices = await inTurns({ load, stand, patienceMs }, async ({ port, headers }) =>
    Array.from({ length: load.connections }, () => {
      const connection = new StreamConnection(port, headers);
      return { ask: () => connection.ask(body, CHUNKS), close: () => connection.close() };
    }),
  );
  return resultOf(load, stand, slices, streamSeries);
}

interface Asker<T> {
  ask(): Promise<T>;
  close(): void;
}

interface Turns {
  readonly load: Load;
  readonly stand: Grounds;
  readonly patienceMs: number;
}

async function inTurns<T>(
  turns: Turns,
  connect: (target: Target) => Promise<readonly Asker<T>[]>,
): Promise<Slices<T>> {
  const { load, stand } = turns;
  const slices: Slices<T> = new Map();
  for (let round = 0; round < load.rounds; round += 1) {
    const names = [...stand.targets.keys()];
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const target = stand.targets.get(name);
      if (target === undefined) continue;
      try {
        const slice = await oneSlice(turns, await connect(target), target);
        slices.set(name, [...(slices.get(name) ?? []), slice]);
      } catch (error) {
        stand.skip(name, new Error(`${load.id}: ${(error as Error).message}`, { cause: error }));
      }
    }
  }
  return slices;
}

async function oneSlice<T>(
  { load: { most }, stand: { pids }, patienceMs }: Turns,
  askers: readonly Asker<T>[],
  { pid: targetPid }: Target,
): Promise<Slice<T>> {
  const close = (): void => {
    for (const asker of askers) asker.close();
  };
  const longestMs = most.longestMs + patienceMs;
  let late = false;
  // Closed connections fail those who still wait on them.
  const giveUp = setTimeout(() => {
    late = true;
    close();
  }, longestMs);
  try {
    return await runSlice({ askers, most, targetPid, pids });
  } catch (cause) {
    throw late ? new Error(`no answer within ${longestMs / 1_000} s`, { cause }) : cause;
  } finally {
    clearTimeout(giveUp);
    close();
  }
}

function resultOf<T>(
  load: Load,
  stand: Grounds,
  slices: Slices<T>,
  seriesOf: (slices: readonly Slice<T>[]) => Series,
): LoadResult {
  // Whoever fell out on the way has too few rounds.
  const stayed = [...slices].filter(([name]) => stand.targets.has(name));
  return {
    load,
    targets: Object.fromEntries(stayed.map(([name, own]) => [name, seriesOf(own)])),
    foreignCpu: stayed.flatMap(([, own]) => own.map(({ foreignCpu }) => foreignCpu)),
  };
}

const wholeSeries = (slices: readonly Slice<number>[]): Series => ({
  perSecond: slices.map(({ exchanges, elapsedMs }) => (1_000 * exchanges.length) / elapsedMs),
  p50Ms: slices.map(({ exchanges }) => share(exchanges, 0.5)),
  // One slice has too few exchanges for it.
  p99Ms: thirds(slices).map((some) =>
    share(
      some.flatMap(({ exchanges }) => exchanges),
      0.99,
    ),
  ),
  cpuUs: slices.map(({ cpuUs, exchanges }) => cpuUs / exchanges.length),
});

function streamSeries(slices: readonly Slice<StreamFigures>[]): Series {
  const each = (figure: (streams: readonly StreamFigures[]) => number): readonly number[] =>
    slices.map(({ exchanges }) => figure(exchanges));
  const all = (of: (stream: StreamFigures) => readonly number[], part: number) =>
    each((streams) => share(streams.flatMap(of), part));
  const sum = (of: (stream: StreamFigures) => number) =>
    each((streams) => streams.reduce((total, stream) => total + of(stream), 0));
  const firstWord = ({ firstWordMs }: StreamFigures) => firstWordMs;
  const lastWord = ({ lastWordMs }: StreamFigures) => lastWordMs;
  const frames = sum((stream) => stream.frames);
  const pieces = sum((stream) => stream.pieces);
  return {
    streams: each((streams) => streams.length),
    firstTextP50Ms: all(({ firstTextMs }) => [firstTextMs], 0.5),
    firstWordP50Ms: all(firstWord, 0.5),
    firstWordP95Ms: all(firstWord, 0.95),
    lastWordP50Ms: all(lastWord, 0.5),
    lastWordP95Ms: all(lastWord, 0.95),
    lost: sum(({ lost }) => lost),
    merged: sum(({ merged }) => merged),
    framesPerChunk: frames.map(
      (some, round) => some / (CHUNKS * (slices[round]?.exchanges.length ?? 0)),
    ),
    framesPerPiece: frames.map((some, round) => some / (pieces[round] ?? 0)),
    cpuUs: slices.map(({ cpuUs, exchanges }) => cpuUs / exchanges.length),
    cpuPerChunkUs: slices.map(({ cpuUs, exchanges }) => cpuUs / exchanges.length / CHUNKS),
  };
}

const share = (values: readonly number[], part: number): number =>
  percentile(
    [...values].sort((left, right) => left - right),
    part,
  );

/** In three runs of slices, or fewer when there are not as many. */
function thirds<T>(slices: readonly T[]): readonly (readonly T[])[] {
  const length = Math.ceil(slices.length / 3);
  return [0, length, 2 * length]
    .map((from) => slices.slice(from, from + length))
    .filter((some) => some.length > 0);
}
