import type { ChatEvent } from '../chat/chat-event.ts';
import { failurePolicies, toFailure } from '../failures/failure.ts';
import { orTimeout, TIMED_OUT } from '../time/race.ts';
import { guardrailUnavailable } from './admit-chat.ts';
import type { OpenAttempt } from './attempts.ts';
import type { ChatAnswer, ChatStream } from './chat-inference.ts';
import type { AdmittedChat } from './close-chat.ts';
import type { InferencePorts } from './inference-ports.ts';
import { StreamedAttempt } from './streamed-attempt.ts';

/**
 * Begins a stream, and gives it once it is committed: with the first event, or when the client has
 * waited long enough for one. A failure before that is a refusal with a status of its own.
 */
export async function answerStream(chat: AdmittedChat, ports: InferencePorts): Promise<ChatAnswer> {
  const { plan, ledger, inference } = chat;
  const events = streamWithFallback(chat, ports);
  const first = events.next();
  const waitedMs = ports.clock.nowMs() - inference.startedAtMs;
  const waitMs = Math.max(0, plan.route.commitAfterMs - waitedMs);
  const begun = await orTimeout(first, waitMs, ports.clock);
  if (begun !== TIMED_OUT && !begun.done && begun.value.type === 'failure') {
    return { kind: 'refused', failure: begun.value.failure };
  }
  const stream: ChatStream = {
    events: resumed(first, events),
    get served() {
      return ledger.served;
    },
    get usage() {
      return ledger.answered;
    },
    get guardrail() {
      return ledger.assessment;
    },
  };
  return { kind: 'stream', stream };
}

async function* resumed(
  first: Promise<IteratorResult<ChatEvent>>,
  rest: AsyncGenerator<ChatEvent>,
): AsyncGenerator<ChatEvent> {
  try {
    const begun = await first;
    if (begun.done) return;
    yield begun.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

/** A guardrail that cannot even begin has judged nothing: the attempt is over before it was made. */
function openStreamed(
  attempt: OpenAttempt,
  chat: AdmittedChat,
  ports: InferencePorts,
): StreamedAttempt {
  try {
    return new StreamedAttempt(attempt, chat, ports);
  } catch (cause) {
    const failure = guardrailUnavailable(cause);
    attempt.close(failure);
    ports.observer.degraded('guardrail-failed', cause);
    chat.ledger.output = { verdict: 'error', findings: [] };
    throw failure;
  }
}

/** Falls back as long as nothing has been said; from then on a failure is part of the stream. */
async function* streamWithFallback(
  chat: AdmittedChat,
  ports: InferencePorts,
): AsyncGenerator<ChatEvent, void> {
  const { attempts, ledger } = chat;
  for (
    let attempt = await attempts.next();
    attempt !== undefined;
    attempt = await attempts.next()
  ) {
    const streamed = openStreamed(attempt, chat, ports);
    try {
      yield* streamed.events();
    } catch (thrown) {
      streamed.failure ??= toFailure(thrown);
    } finally {
      streamed.close();
    }
    if (streamed.failure === undefined) return;
    if (streamed.begun || !failurePolicies[streamed.failure.code].nextTarget) break;
  }
  ledger.failure = attempts.failure;
  yield { type: 'failure', failure: attempts.failure };
}
