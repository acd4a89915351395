import type { Cancellation } from '#core/time/cancellation.ts';
import type { Clock } from '#core/time/clock.ts';

interface Sleeper {
  readonly dueMs: number;
  wake(): void;
}

/** A clock that stands still until it is told to move on. */
export class TestClock implements Clock {
  #nowMs: number;
  #sleepers: Sleeper[] = [];

  constructor(nowMs = 1_764_000_000_000) {
    this.#nowMs = nowMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(durationMs: number, cancellation?: Cancellation): Promise<void> {
    return new Promise((resolve) => {
      const sleeper: Sleeper = { dueMs: this.#nowMs + durationMs, wake: resolve };
      this.#sleepers.push(sleeper);
      cancellation?.onCancel(() => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      });
    });
  }

  /** Moves on step by step, letting everyone who wakes act before time goes further. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs;
    await settle();
    for (;;) {
      const next = this.#sleepers
        .filter((sleeper) => sleeper.dueMs <= untilMs)
        .sort((left, right) => left.dueMs - right.dueMs)[0];
      if (next === undefined) break;
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.wake();
      await settle();
    }
    this.#nowMs = untilMs;
    await settle();
  }
}

/** Lets everything that is ready to run do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
