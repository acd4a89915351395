import { spawnSync } from 'node:child_process';
import { platform } from 'node:os';

/** Which cores run what is measured, and all that stands around it. */
export interface Placement {
  readonly target: number;
  readonly around: number;
}

/**
 * Moves this process, and with it what it starts from now on, to one core, so that a target can have
 * another to itself.
 *
 * @returns undefined where processes cannot be bound to a core: then nothing is bound.
 */
export function takePlace(): Placement | undefined {
  if (platform() !== 'linux') return undefined;
  const placement: Placement = { target: 0, around: 1 };
  // Both must exist: a container may have been given other cores.
  for (const core of [placement.target, placement.around]) {
    if (spawnSync('taskset', ['-c', String(core), 'true']).status !== 0) return undefined;
  }
  const moved = spawnSync('taskset', [
    '-a',
    '-c',
    '-p',
    String(placement.around),
    String(process.pid),
  ]);
  return moved.status === 0 ? placement : undefined;
}

/** How a command is started on a core. */
export const onCore = (
  core: number | undefined,
  command: string,
): { readonly command: string; readonly args: readonly string[] } =>
  core === undefined
    ? { command, args: [] }
    : { command: 'taskset', args: ['-c', String(core), command] };
