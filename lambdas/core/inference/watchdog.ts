import { Cancellation } from '../time/cancellation.ts';
import type { Clock } from '../time/clock.ts';

/**
 * Calls back once when nobody has touched it for as long as allowed. One timer serves a whole
 * stream, however many chunks it has.
 */
export class Watchdog {
  readonly #clock: Clock;
  readonly #stopped = new Cancellation();
  #dueMs: number;

  constructor(clock: Clock, allowedMs: number, onExpired: () => void) {
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

  async #watch(onExpired: () => void): Promise<void> {
    while (!this.#stopped.cancelled) {
      const leftMs = this.#dueMs - this.#clock.nowMs();
      if (leftMs <= 0) {
        onExpired();
        return;
      }
      await this.#clock.sleep(leftMs, this.#stopped);
    }
  }
}
