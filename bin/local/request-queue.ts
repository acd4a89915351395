import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '#runtime/observability.ts';

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Keeps requests that come before the platform is ready, and knows when all have been served. */
export class RequestQueue {
  readonly #log: Log;
  readonly #running = new Set<Promise<void>>();
  readonly #opened: Promise<Serve>;
  #open: (serve: Serve) => void = () => {};

  constructor(log: Log) {
    this.#log = log;
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(serve: Serve): void {
    this.#open(serve);
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    const serving = this.#opened
      .then((serve) => serve(request, response))
      .catch((error: unknown) => {
        this.#log.error('request failed unexpectedly', { error });
        response.destroy();
      })
      .finally(() => this.#running.delete(serving));
    this.#running.add(serving);
  }

  /** Resolves when every request so far has been served and recorded. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }
}
