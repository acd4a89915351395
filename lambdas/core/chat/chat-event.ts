import type { Failure } from '../failures/failure.ts';
import type { FinishReason } from './chat-response.ts';
import type { Usage } from './usage.ts';

/**
 * One step of a streamed answer, whoever streams it. Providers translate their wire into these,
 * guardrails hold them back or change them, doors write them as their clients expect.
 *
 * A stream ends with a `failure`, or by ending after every choice had its `finish`.
 */
export type ChatEvent =
  | TextEvent
  | ToolCallEvent
  | { readonly type: 'finish'; readonly choice: number; readonly reason: FinishReason }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'failure'; readonly failure: Failure };

export interface TextEvent {
  readonly type: 'content' | 'refusal' | 'reasoning';
  /** Index of the choice, 0 to n - 1. */
  readonly choice: number;
  readonly text: string;
}

export interface ToolCallEvent {
  readonly type: 'tool-call';
  readonly choice: number;
  /** Dense from 0 within its choice, whatever the provider counts. */
  readonly index: number;
  /** Present in the first event of a call. */
  readonly id?: string;
  /** Present in the first event of a call. */
  readonly name?: string;
  /** A fragment of the JSON text; fragments join to the whole. */
  readonly arguments: string;
}

/** Does this event carry something the model said, so that the answer has begun? */
export const isContent = (event: ChatEvent): event is TextEvent | ToolCallEvent =>
  event.type !== 'finish' && event.type !== 'usage' && event.type !== 'failure';
