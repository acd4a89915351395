import { Cancellation } from '../time/cancellation.ts';
import type { Clock } from '../time/clock.ts';

/**
 * Calls back when nobody has touched it for as long as allowed, until that has no more patience. One
 * timer serves a whole stream, however many chunks it has.
 */
export class Watchdog {
  readonly #clock: Clock;
  readonly #stopped = new Cancellation();
  #dueMs: number;

  /** `onExpired` gives how much longer to wait, in milliseconds; 0 ends the watch. */
  constructor(clock: Clock, allowedMs: number, onExpired: () => number) {
    this.#clock = clock;
    this.#dueMs = clock.nowMs() + allowedMs;
    void this.#watch(onExpired);
  }

  /** All is well; the next sign of life is due in `allowedMs`. */
  touch(allowedMs: number): void {
    this.#dueMs = this.#clock.nowMs() + allowedMs;
  }

  stop(): void {
    this.#stopped.cancel();
  }

  async #watch(onExpired: () => number): Promise<void> {
    while (!this.#stopped.cancelled) {
      const leftMs = this.#dueMs - this.#clock.nowMs();
      if (leftMs > 0) {
        await this.#clock.sleep(leftMs, this.#stopped);
        continue;
      }
      const furtherMs = onExpired();
      if (furtherMs <= 0) return;
      this.touch(furtherMs);
    }
  }
}
