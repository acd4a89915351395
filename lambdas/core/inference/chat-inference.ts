import type { ChatEvent } from '../chat/chat-event.ts';
import type { ChatRequest } from '../chat/chat-request.ts';
import type { ChatResponse } from '../chat/chat-response.ts';
import type { MeteredUsage } from '../chat/usage.ts';
import type { Failure } from '../failures/failure.ts';
import type { Assessment } from '../guardrail/finding.ts';
import type { Caller } from '../identity/caller.ts';
import type { QuotaStanding } from '../quota/quota-store.ts';
import type { Cancellation } from '../time/cancellation.ts';

/** One request for a chat completion, as its door hands it over. */
export interface ChatInference {
  /** ULID; also the request id and the audit id. */
  readonly id: string;
  readonly startedAtMs: number;
  readonly caller: Caller;
  readonly request: ChatRequest;
  /** SHA-256 of the body as received. */
  readonly requestHash: string;
  readonly clientRetry?: number;
  /** When the host stops waiting, in milliseconds since the epoch. */
  readonly deadlineMs: number;
  /** Cancelled when the client has gone. */
  readonly disconnected: Cancellation;
}

/** What the client gets. */
export type ChatAnswer =
  | { readonly kind: 'refused'; readonly failure: Failure }
  | {
      readonly kind: 'whole';
      readonly response: ChatResponse;
      readonly usage: MeteredUsage;
      /** `provider/model` that answered. */
      readonly served: string;
      readonly guardrail: Assessment;
    }
  | { readonly kind: 'stream'; readonly stream: ChatStream };

/** A begun stream. Its properties may still change while `events` is read. */
export interface ChatStream {
  /** Ends after a `failure`, or after every choice had its `finish`. Read it once, to the end. */
  readonly events: AsyncIterable<ChatEvent>;
  /** `provider/model`; undefined until a target has begun to answer. */
  readonly served: string | undefined;
  /** Complete once `events` has ended. */
  readonly usage: MeteredUsage;
  readonly guardrail: Assessment;
}

export interface ServedChat {
  readonly answer: ChatAnswer;
  /** How the rates stand; absent when the request was refused before the quota was asked. */
  readonly standing?: QuotaStanding;
  /**
   * Writes the completion, then settles the quota. Called once, after the last byte: the client
   * does not wait for it. Never rejects.
   */
  close(): Promise<void>;
}
