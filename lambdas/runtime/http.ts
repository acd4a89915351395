import type { Caller } from '#core/identity/caller.ts';
import type { Cancellation } from '#core/time/cancellation.ts';

/** A request as every door sees it, whether API Gateway or the local server brought it. */
export interface HttpRequest {
  readonly method: string;
  /** Without stage prefix and query: `/v1/chat/completions`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case; a repeated header keeps its last value. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded text; empty when there is none. */
  readonly body: string;
  /** Absent on the routes that need no credential. */
  readonly caller?: Caller;
}

/** Where an answer goes. `start` comes once, first; `end` comes once, last. */
export interface HttpResponder {
  start(status: number, headers: Readonly<Record<string, string>>): void;
  /** Whole frames only; resolves when the peer can take more. */
  write(text: string): Promise<void>;
  /** Gives the answer up: the connection is dropped, and whatever waits for it goes on. */
  abort(): void;
  /** The last byte. What the door does afterwards, the client does not wait for. */
  end(text?: string): Promise<void>;
}

export interface Invocation {
  /** When the host stops the process, in milliseconds since the epoch. */
  readonly deadlineMs: number;
  /** Cancelled when the client has gone; Lambda never says so, local and ECS do. */
  readonly disconnected: Cancellation;
}

/** A door: turns a request into an answer. Never rejects for anything a request may contain. */
export type Door = (
  request: HttpRequest,
  responder: HttpResponder,
  invocation: Invocation,
) => Promise<void>;
