import { Cancellation } from '#core/time/cancellation.ts';
import type { Clock } from '#core/time/clock.ts';
import type { HttpResponder } from '#runtime/http.ts';

/** Under the 15 s that clients and proxies are promised, with room for a slow timer. */
const SILENCE_MS = 14_000;
const PING = ': ping\n\n';

/** Writes frames, and a comment whenever there was none for a while, so that nobody hangs up. */
export class Heartbeat {
  readonly #responder: HttpResponder;
  readonly #clock: Clock;
  readonly #stopped = new Cancellation();
  #lastMs: number;

  constructor(responder: HttpResponder, clock: Clock) {
    this.#responder = responder;
    this.#clock = clock;
    this.#lastMs = clock.nowMs();
    void this.#beat();
  }

  write(frame: string): Promise<void> {
    this.#lastMs = this.#clock.nowMs();
    return this.#responder.write(frame);
  }

  stop(): void {
    this.#stopped.cancel();
  }

  async #beat(): Promise<void> {
    while (!this.#stopped.cancelled) {
      const dueMs = this.#lastMs + SILENCE_MS - this.#clock.nowMs();
      if (dueMs > 0) await this.#clock.sleep(dueMs, this.#stopped);
      // A peer that is not reading gets no pings piled up behind what it has not read.
      else await this.write(PING);
    }
  }
}
