import type { ChatEvent } from '#core/chat/chat-event.ts';
import { callCancelled, endedEarly, invalidAnswer } from '#core/chat/provider-failures.ts';
import { Failure } from '#core/failures/failure.ts';
import type { Scene } from './simulated-model.ts';

const RETRY_AFTER_MS = 2_000;

const says = (choice: number, text: string): ChatEvent => ({ type: 'content', choice, text });
const fails = (failure: Failure): ChatEvent => ({ type: 'failure', failure });

/** As a provider whose server is broken. */
export function* error500(): Generator<ChatEvent, void> {
  yield fails(new Failure('provider_unavailable', 'simulated failed: status 500'));
}

/** As a provider that has had too many requests. */
export function* throttle(): Generator<ChatEvent, void> {
  yield fails(
    new Failure('provider_throttled', 'simulated allows no more requests now: status 429', {
      retryAfterMs: RETRY_AFTER_MS,
    }),
  );
}

/** Never answers: only a cancellation ends the wait. */
export async function* timeout({ cancellation }: Scene): AsyncGenerator<ChatEvent, void> {
  await new Promise<void>((resolve) => cancellation.onCancel(resolve));
  yield fails(callCancelled());
}

/** Ends in the middle of a sentence. */
export function* truncate({ choice }: Scene): Generator<ChatEvent, void> {
  yield says(choice, 'The answer to your question');
  yield says(choice, ' is most certainly');
  yield fails(endedEarly('simulated', true));
}

/** Sends what nobody can read. */
export function* malformed(): Generator<ChatEvent, void> {
  yield fails(invalidAnswer('simulated', 'sent something that is not a chunk'));
}

/** Says something, then breaks. */
export function* streamError({ choice }: Scene): Generator<ChatEvent, void> {
  yield says(choice, 'So far');
  yield says(choice, ' so good, but');
  yield fails(new Failure('stream_interrupted', 'simulated failed in the midst of its answer'));
}
