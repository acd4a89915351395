import { Cancellation } from '../time/cancellation.ts';
import type { Clock } from '../time/clock.ts';

/**
 * Calls back when nobody has touched it for as long as allowed, until that has no more patience. One
 * timer serves a whole stream, however many chunks it has.
 */
export class Watchdog {
  readonly #clock: Clock;
  #stopped = false;
  #dueMs: number;
  #sleepsUntilMs = 0;
  #sleep = new Cancellation();

  /** `onExpired` gives how much longer to wait, in milliseconds; 0 ends the watch. */
  constructor(clock: Clock, allowedMs: number, onExpired: () => number) {
    this.#clock = clock;
    this.#dueMs = clock.nowMs() + allowedMs;
    void this.#watch(onExpired);
  }

  /** All is well; the next sign of life is due in `allowedMs`. */
  touch(allowedMs: number): void {
    this.#dueMs = this.#clock.nowMs() + allowedMs;
    // Later is seen when it wakes; sooner it would sleep through.
    if (this.#dueMs < this.#sleepsUntilMs) this.#sleep.cancel();
  }

  stop(): void {
    this.#stopped = true;
    this.#sleep.cancel();
  }

  async #watch(onExpired: () => number): Promise<void> {
    while (!this.#stopped) {
      const leftMs = this.#dueMs - this.#clock.nowMs();
      if (leftMs > 0) {
        this.#sleep = new Cancellation();
        this.#sleepsUntilMs = this.#dueMs;
        await this.#clock.sleep(leftMs, this.#sleep);
        continue;
      }
      const furtherMs = onExpired();
      if (furtherMs <= 0) return;
      this.touch(furtherMs);
    }
  }
}
