import { Cancellation } from './cancellation.ts';
import type { Clock } from './clock.ts';

/** Stands for "time ran out first". */
export const TIMED_OUT = Symbol('timed out');

/** Waits for a promise at most `durationMs`; the promise itself goes on. */
export async function orTimeout<T>(
  promise: Promise<T>,
  durationMs: number,
  clock: Clock,
): Promise<T | typeof TIMED_OUT> {
  const timer = new Cancellation();
  const timedOut = clock.sleep(durationMs, timer).then((): typeof TIMED_OUT => TIMED_OUT);
  try {
    return await Promise.race([promise, timedOut]);
  } finally {
    timer.cancel();
  }
}
