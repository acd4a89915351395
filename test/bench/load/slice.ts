import { cpus } from 'node:os';
import { usageOf } from '../stand/process-usage.ts';

/** Whichever comes first. */
export interface Bounds {
  readonly requests: number;
  readonly longestMs: number;
}

/** What one slice of load came to. */
export interface Slice<T> {
  /** Every exchange, in the order they ended. */
  readonly exchanges: readonly T[];
  readonly elapsedMs: number;
  /** CPU time of the target's process and its children, in microseconds. */
  readonly cpuUs: number;
  /** Share of the machine's CPU time that others used, 0 to 1. */
  readonly foreignCpu: number;
}

/** Something that asks one thing after another. */
interface Asker<T> {
  ask(): Promise<T>;
}

export interface SliceSettings<T> {
  /** Those at work at the same time. */
  readonly askers: readonly Asker<T>[];
  readonly most: Bounds;
  readonly targetPid: number;
  /** Every process of the bench but this one, the target among them. */
  readonly pids: readonly number[];
}

/** Lets all ask until the bounds are met; each finishes what it has begun. */
export async function runSlice<T>(settings: SliceSettings<T>): Promise<Slice<T>> {
  const { pids, targetPid } = settings;
  const before = benchCpuUs(pids);
  const target = usageOf(targetPid).cpuUs;
  const machine = machineCpu();
  const startedMs = performance.now();
  const exchanges = await load(settings);
  const elapsedMs = performance.now() - startedMs;
  const machineAfter = machineCpu();
  const cpuUs = usageOf(targetPid).cpuUs - target;
  const ownMs = (benchCpuUs(pids) - before) / 1_000;
  const busyMs = machineAfter.busyMs - machine.busyMs;
  return {
    exchanges,
    elapsedMs,
    cpuUs,
    foreignCpu: Math.max(0, (busyMs - ownMs) / (machineAfter.allMs - machine.allMs)),
  };
}

async function load<T>({ askers, most }: SliceSettings<T>): Promise<readonly T[]> {
  const exchanges: T[] = [];
  const endMs = performance.now() + most.longestMs;
  let begun = 0;
  await Promise.all(
    askers.map(async (asker) => {
      while (performance.now() < endMs && begun < most.requests) {
        begun += 1;
        exchanges.push(await asker.ask());
      }
    }),
  );
  return exchanges;
}

function benchCpuUs(pids: readonly number[]): number {
  const { user, system } = process.cpuUsage();
  return pids.reduce((sum, pid) => sum + usageOf(pid).cpuUs, user + system);
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
