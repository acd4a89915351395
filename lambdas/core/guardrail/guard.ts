import type { ChatEvent } from '../chat/chat-event.ts';
import type { ChatRequest } from '../chat/chat-request.ts';
import type { ChatResponse } from '../chat/chat-response.ts';
import type { Assessment } from './finding.ts';

/**
 * A policy at work. Everything here may throw only for a defect; the caller then fails closed with
 * verdict `error`.
 */
export interface Guard {
  readonly policyId: string;
  readonly policyHash: string;
  /** Judges every text of a request, tool results and earlier answers included. */
  input(request: ChatRequest): { readonly assessment: Assessment; readonly request: ChatRequest };
  /** Judges a whole answer; blocked choices come back empty with `content_filter`. */
  output(response: ChatResponse): {
    readonly assessment: Assessment;
    readonly response: ChatResponse;
  };
  stream(): StreamGuard;
}

/**
 * Judges one stream as it passes, holding back only what could still become a finding.
 *
 * Order is kept within a choice. After a block the choice is finished with `content_filter` and
 * says nothing more.
 */
export interface StreamGuard {
  /** What may go out now, given one more event; possibly nothing. */
  push(event: ChatEvent): readonly ChatEvent[];
  /** Lets go of what is held back when the stream ends without a finish. */
  end(): readonly ChatEvent[];
  /** Of everything pushed so far. */
  readonly assessment: Assessment;
}
