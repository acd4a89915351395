import { createHash, randomFillSync } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Cancellation } from '#core/time/cancellation.ts';
import type { Clock } from '#core/time/clock.ts';
import { formatUlid, type NewId } from '#core/time/ulid.ts';

/** The host's own clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  async sleep(durationMs: number, cancellation?: Cancellation): Promise<void> {
    if (cancellation === undefined) return wait(durationMs);
    const controller = new AbortController();
    const stop = cancellation.onCancel(() => controller.abort());
    try {
      await wait(durationMs, undefined, { signal: controller.signal });
    } catch (cause) {
      if (!controller.signal.aborted) throw cause;
    } finally {
      stop();
    }
  },
};

export const newUlid: NewId = (nowMs) => formatUlid(nowMs, randomFillSync(new Uint8Array(16)));

/** SHA-256, lower-case hex. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
