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

export const newUlid: NewId = (nowMs) => formatUlid(nowMs, randomFillSync(new Uint8Array(16)));

/** SHA-256, lower-case hex. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
