import type { SpilledCompletion } from './spilled-completion.ts';

/** A spilled completion on its way back. */
export interface ReturnedCompletion {
  readonly spilled: SpilledCompletion;
  /** Takes it off the queue: it is in the log now. */
  done(): Promise<void>;
}

/** Port. What waits in the spill queue; a message that is not taken off comes again. */
export interface SpilledCompletions {
  /** Ends when the queue has no more to give for now. Rejects when it cannot be asked. */
  waiting(): AsyncIterable<ReturnedCompletion>;
}
