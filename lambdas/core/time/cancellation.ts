type Listener = () => void;

/** A promise that work stops soon. Core's own, because core has no AbortSignal. */
export class Cancellation {
  #listeners: Set<Listener> | undefined = new Set();

  get cancelled(): boolean {
    return this.#listeners === undefined;
  }

  /** Idempotent: listeners run once, in the order they were added. */
  cancel(): void {
    const listeners = this.#listeners;
    this.#listeners = undefined;
    for (const listener of listeners ?? []) listener();
  }

  /** Calls back at once when already cancelled. Returns how to stop listening. */
  onCancel(listener: Listener): () => void {
    if (this.#listeners === undefined) {
      listener();
      return () => {};
    }
    this.#listeners.add(listener);
    return () => this.#listeners?.delete(listener);
  }

  /** A cancellation that follows this one and can also be cancelled alone; `release` lets go of it. */
  child(): { readonly cancellation: Cancellation; readonly release: () => void } {
    const cancellation = new Cancellation();
    return { cancellation, release: this.onCancel(() => cancellation.cancel()) };
  }
}
