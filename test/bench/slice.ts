import { cpus } from 'node:os';
import type { Connection } from './connection.ts';
import type { Peer } from './peer.ts';
import { percentile } from './spread.ts';

/** What one slice of load on one target came to. Times in milliseconds. */
export interface Slice {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly firstTextP50Ms: number;
  /** Every exchange, ascending. */
  readonly wholeMs: readonly number[];
  /** CPU microseconds per request, by process. */
  readonly cpuUs: Readonly<Record<string, number>>;
  /** Share of the machine's CPU time that others used, 0 to 1. */
  readonly foreignCpu: number;
}

/** Whichever comes first. */
export interface Bounds {
  readonly requests: number;
  readonly longestMs: number;
}

export interface SliceSettings {
  readonly connections: readonly Connection[];
  readonly request: Buffer;
  readonly most: Bounds;
  /** Processes whose CPU is counted, by name. */
  readonly peers: Readonly<Record<string, Peer>>;
}

export async function runSlice(settings: SliceSettings): Promise<Slice> {
  const { peers } = settings;
  const before = await cpuOf(peers);
  const machine = machineCpu();
  const own = ownCpuUs();
  const startedMs = performance.now();
  const { wholeMs, firstTextMs } = await load(settings);
  const elapsedMs = performance.now() - startedMs;
  const bench = ownCpuUs() - own;
  const whole = machineCpu();
  const after = await cpuOf(peers);
  const requests = wholeMs.length;
  const used = Object.entries(after).map(
    ([name, cpu]) => [name, cpu - (before[name] ?? 0)] as const,
  );
  const ours = (bench + used.reduce((sum, [, cpu]) => sum + cpu, 0)) / 1_000;
  return {
    requests,
    perSecond: (1_000 * requests) / elapsedMs,
    p50Ms: percentile(wholeMs, 0.5),
    firstTextP50Ms: percentile(firstTextMs, 0.5),
    wholeMs,
    cpuUs: Object.fromEntries(used.map(([name, cpu]) => [name, cpu / requests])),
    foreignCpu: Math.max(0, (whole.busyMs - machine.busyMs - ours) / (whole.allMs - machine.allMs)),
  };
}

async function load({ connections, request, most }: SliceSettings) {
  const wholeMs: number[] = [];
  const firstTextMs: number[] = [];
  const endMs = performance.now() + most.longestMs;
  await Promise.all(
    connections.map(async (connection) => {
      while (performance.now() < endMs && wholeMs.length < most.requests) {
        const exchange = await connection.ask(request);
        wholeMs.push(exchange.wholeMs);
        firstTextMs.push(exchange.firstTextMs);
      }
    }),
  );
  const ascending = (left: number, right: number): number => left - right;
  return { wholeMs: wholeMs.sort(ascending), firstTextMs: firstTextMs.sort(ascending) };
}

async function cpuOf(peers: SliceSettings['peers']): Promise<Record<string, number>> {
  const used = Object.entries(peers).map(async ([name, peer]) => [name, await peer.cpuUs()]);
  return Object.fromEntries(await Promise.all(used));
}

function ownCpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function machineCpu(): { readonly busyMs: number; readonly allMs: number } {
  let busyMs = 0;
  let allMs = 0;
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq;
    allMs += all;
    busyMs += all - times.idle;
  }
  return { busyMs, allMs };
}
