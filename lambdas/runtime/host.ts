import { createHash, randomFillSync } from 'node:crypto';
import type { Cancellation } from '#core/time/cancellation.ts';
import type { Clock } from '#core/time/clock.ts';
import { formatUlid, type NewId } from '#core/time/ulid.ts';

/** The host's own clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  // Bare timers: each stream cancels some, and aborting one of Node's own costs a DOMException.
  sleep: (durationMs: number, cancellation?: Cancellation) =>
    new Promise((resolve) => {
      let forget = (): void => {};
      const timer = setTimeout(() => {
        forget();
        resolve();
      }, durationMs);
      if (cancellation === undefined) return;
      forget = cancellation.onCancel(() => {
        clearTimeout(timer);
        resolve();
      });
    }),
};

const RANDOM_BYTES = 16;
/** Asking the host for randomness costs more than a whole identifier: ask for many at once. */
const randomness = new Uint8Array(RANDOM_BYTES * 256);
let unused = 0;

export const newUlid: NewId = (nowMs) => {
  if (unused === 0) {
    randomFillSync(randomness);
    unused = randomness.length;
  }
  unused -= RANDOM_BYTES;
  return formatUlid(nowMs, randomness.subarray(unused, unused + RANDOM_BYTES));
};

/** SHA-256, lower-case hex. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
