import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';

/** What a process and all its descendants use. */
export interface ProcessUsage {
  /** CPU time since they started, in microseconds. */
  readonly cpuUs: number;
  /** Resident memory, in bytes; pages that are shared count for each process. */
  readonly rssBytes: number;
}

/**
 * On Linux to the nanosecond from `/proc`, and to two hundredths of a second for a process whose
 * threads come and go; elsewhere as `ps` has it.
 *
 * @throws Error when the process has gone.
 */
export const usageOf = (pid: number): ProcessUsage =>
  platform() === 'linux' ? usageFromProc(pid) : usageFromPs(pid, listProcesses());

const PAGE_BYTES = 4_096;

function usageFromProc(pid: number): ProcessUsage {
  const folder = `/proc/${pid}`;
  const residentPages = Number(readFileSync(`${folder}/statm`, 'utf8').split(' ')[1]);
  let threadsUs = 0;
  let childrenUs = 0;
  let rssBytes = residentPages * PAGE_BYTES;
  for (const thread of readdirSync(`${folder}/task`)) {
    const ranNs = lineOf(`${folder}/task/${thread}/schedstat`).split(' ')[0];
    threadsUs += Number(ranNs ?? 0) / 1_000;
    const children = lineOf(`${folder}/task/${thread}/children`).split(' ').filter(Boolean);
    for (const child of children) {
      const used = usageFromProc(Number(child));
      childrenUs += used.cpuUs;
      rssBytes += used.rssBytes;
    }
  }
  return { cpuUs: Math.max(threadsUs, processUs(folder)) + childrenUs, rssBytes };
}

const TICK_US = 10_000;

/** In ticks, but with the time of threads that have ended, which their own files take with them. */
function processUs(folder: string): number {
  // The second field is a name in brackets, and may hold anything.
  const [, rest = ''] = readFileSync(`${folder}/stat`, 'utf8').split(/\) (?=\S \d)/);
  const fields = rest.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** Nothing of a thread that ended between being listed and being read. */
function lineOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}

function listProcesses(): string {
  const { stdout, status } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,time=,rss='], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`ps ended with ${status}; it must list processes here`);
  return stdout;
}

/**
 * A process and its descendants in what `ps -A -o pid=,ppid=,time=,rss=` prints.
 *
 * @throws Error when it is not in there.
 */
export function usageFromPs(pid: number, listing: string): ProcessUsage {
  const rows = listing
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells.length === 4);
  const family = new Set([String(pid)]);
  // A child may be listed before its parent.
  for (let known = 0; known < family.size; ) {
    known = family.size;
    for (const [own = '', parent = ''] of rows) if (family.has(parent)) family.add(own);
  }
  const own = rows.filter(([id = '']) => family.has(id));
  if (own.length === 0) throw new Error(`process ${pid} is not running`);
  return {
    cpuUs: own.reduce((sum, [, , time = '']) => sum + secondsOf(time) * 1e6, 0),
    rssBytes: own.reduce((sum, [, , , kilobytes]) => sum + Number(kilobytes) * 1_024, 0),
  };
}

/** `1-02:03:04`, `02:03:04` or `3:04.56`. */
function secondsOf(time: string): number {
  const [clock = '', days = '0'] = time.split('-').reverse();
  return clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) + Number(days) * 86_400;
}
