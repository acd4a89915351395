import type { ChatEvent } from '#core/chat/chat-event.ts';
import type { ChatRequest } from '#core/chat/chat-request.ts';
import type { Cancellation } from '#core/time/cancellation.ts';

/** What a simulated model may know of the call it plays. */
export interface Scene {
  readonly request: ChatRequest;
  /** Index of the choice it speaks for. */
  readonly choice: number;
  readonly cancellation: Cancellation;
  /** Waits as long as the model `slow` does. */
  pause(): Promise<void>;
}

/**
 * One way to answer, or not to: the events of one choice. Usage is counted by the provider from what
 * was said.
 */
export type SimulatedModel = (scene: Scene) => AsyncIterable<ChatEvent> | Iterable<ChatEvent>;
