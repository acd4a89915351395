import type { ToolCall } from './chat-request.ts';
import type { Usage } from './usage.ts';

/** Why the model stopped. Closed: what a provider says is mapped here or is an invalid response. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

export interface ChatChoice {
  readonly index: number;
  readonly message: ChatAnswer;
  readonly finish_reason: FinishReason;
}

export interface ChatAnswer {
  readonly content: string | null;
  readonly refusal: string | null;
  /** Thinking a provider chose to show; our pass-through of `reasoning_content`. */
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly ToolCall[];
}

/** A whole answer as a provider gave it. No usage means the provider did not say. */
export interface ChatResponse {
  readonly choices: readonly ChatChoice[];
  readonly usage?: Usage;
}
