import { arch, cpus, platform } from 'node:os';
import { measureColdStarts } from './coldstart/coldstart.ts';
import { devMemoryMb } from './coldstart/doors.ts';
import { measureFootprints } from './cost/request-footprint.ts';
import { FULL_LOADS, QUICK_LOADS, warmUps } from './load/loads.ts';
import { type LoadResult, runLoad } from './load/rounds.ts';
import type { BenchOptions } from './options.ts';
import type { ProcessFootprints } from './report/footprint-sections.ts';
import type { BenchResults } from './report/report.ts';
import { takePlace } from './stand/placement.ts';
import { usageOf } from './stand/process-usage.ts';
import { Stand } from './stand/stand.ts';
import { QUICK, targetNames } from './stand/targets.ts';

type Say = (line: string) => void;

/** A whole run: what starts and what is counted first, on all cores; then the loads. */
export async function runBench(
  { quick, plantSleepMs }: BenchOptions,
  say: Say,
): Promise<BenchResults> {
  say('what a request leaves behind …');
  const footprints = await measureFootprints();
  say('cold starts …');
  const coldStarts = await measureColdStarts(quick ? 3 : 11);
  const placement = takePlace();
  if (placement === undefined) say('processes cannot be bound to cores here: nothing is bound');
  say('starting, and the first time installing, what is measured beside the gateway …');
  const names = quick ? QUICK : targetNames;
  const stand = await Stand.start({ names, placement, sleepMs: plantSleepMs, say });
  try {
    say('warming up …');
    for (const load of warmUps(quick)) await runLoad(load, stand);
    const loads = await runLoads(quick, stand, say);
    return {
      measuredOn: new Date().toISOString().slice(0, 10),
      machine: {
        cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
        cores: cpus().length,
        platform: `${platform()} ${arch()}`,
        node: process.version,
      },
      pinned: placement !== undefined,
      skipped: stand.skipped,
      plantSleepMs,
      loads,
      processes: processesOf(stand),
      footprints,
      gatewayMemoryMb: devMemoryMb(),
      coldStarts,
    };
  } finally {
    stand.stop();
  }
}

async function runLoads(quick: boolean, stand: Stand, say: Say): Promise<readonly LoadResult[]> {
  const results: LoadResult[] = [];
  const loads = quick ? QUICK_LOADS : FULL_LOADS;
  for (const [index, load] of loads.entries()) {
    say(`${index + 1} of ${loads.length}: ${load.id} …`);
    results.push(await runLoad(load, stand));
  }
  // Whoever fell out later is left out everywhere.
  return results.map((result) => ({
    ...result,
    targets: Object.fromEntries(
      [...stand.targets.keys()].map((name) => [name, result.targets[name]]),
    ),
  }));
}

const processesOf = ({ targets }: Stand): ProcessFootprints =>
  Object.fromEntries(
    [...targets].map(([name, { pid, startMs, idleRssBytes }]) => [
      name,
      { startMs, idleRssBytes, loadedRssBytes: usageOf(pid).rssBytes },
    ]),
  );
