import type { Cancellation } from './cancellation.ts';

/** Port. The only way core learns the time or lets it pass. */
export interface Clock {
  /** Milliseconds since the Unix epoch, UTC. */
  nowMs(): number;
  /** Resolves after `durationMs`, or at once when cancelled. Never rejects. */
  sleep(durationMs: number, cancellation?: Cancellation): Promise<void>;
}

/** Port. A uniform number in [0, 1); injected so that jitter and weights can be replayed. */
export type Random = () => number;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
