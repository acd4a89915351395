import type { Failure } from '../failures/failure.ts';
import type { Cancellation } from '../time/cancellation.ts';
import type { ChatEvent } from './chat-event.ts';
import type { ChatRequest } from './chat-request.ts';
import type { ChatResponse } from './chat-response.ts';
import type { Usage } from './usage.ts';

export interface ModelCall {
  /** The provider's own name of the model. */
  readonly model: string;
  /** As the route lets it through: output cap set, guardrails applied. Its `model` is not used. */
  readonly request: ChatRequest;
  /** Cancelled when the deadline passes or the client has gone: the provider's connection is dropped. */
  readonly cancellation: Cancellation;
}

/** A whole answer, or why there is none; `usage` when the provider billed for one of no use. */
export type AnswerOutcome =
  | { readonly ok: true; readonly value: ChatResponse }
  | { readonly ok: false; readonly failure: Failure; readonly usage?: Usage };

/**
 * Port. Someone who serves models.
 *
 * Never throws for what a provider may do: refusals, timeouts and nonsense are values. A call is
 * tried once; retries belong to the caller.
 */
export interface ModelProvider {
  /**
   * Whether each of `n` choices is a call of its own, which bills the prompt again.
   *
   * @default false
   */
  readonly billsPromptPerChoice?: boolean;
  /**
   * The first request parameter this provider cannot honour, as its wire name (`logit_bias`), or
   * undefined when it can honour all. Nothing is dropped in silence.
   */
  unsupportedParameter(request: ChatRequest, model: string): string | undefined;
  /** The whole answer. */
  complete(call: ModelCall): Promise<AnswerOutcome>;
  /**
   * The answer as it comes. Ends after a `failure`, or after every choice had its `finish`; an end
   * without either is a provider defect that the adapter reports as `stream_truncated`.
   */
  stream(call: ModelCall): AsyncIterable<ChatEvent>;
}
