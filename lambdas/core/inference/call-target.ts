import { type ChatEvent, isContent } from '../chat/chat-event.ts';
import type { ChatRequest } from '../chat/chat-request.ts';
import type { ChatResponse } from '../chat/chat-response.ts';
import { Failure, toFailure } from '../failures/failure.ts';
import { failed, type Outcome } from '../failures/outcome.ts';
import type { Clock } from '../time/clock.ts';
import { orTimeout, TIMED_OUT } from '../time/race.ts';
import { clientDisconnected, type OpenAttempt } from './attempts.ts';
import type { ChatInference } from './chat-inference.ts';
import { type ChatPlan, requestFor } from './chat-plan.ts';
import { Watchdog } from './watchdog.ts';

interface CallContext {
  readonly inference: ChatInference;
  readonly plan: ChatPlan;
  /** As the guardrail let it through. */
  readonly guarded: ChatRequest;
  readonly clock: Clock;
}

/** Calls one target for a whole answer, at most as long as the route and the deadline allow. */
export async function callForAnswer(
  attempt: OpenAttempt,
  { inference, plan, guarded, clock }: CallContext,
): Promise<Outcome<ChatResponse>> {
  const { planned, cancellation } = attempt;
  const allowedMs = Math.min(plan.route.answerTimeoutMs, plan.deadlineMs - clock.nowMs());
  const call = planned.provider.complete({
    model: planned.target.model,
    request: requestFor(planned, guarded),
    cancellation,
  });
  let outcome: Outcome<ChatResponse> | typeof TIMED_OUT;
  try {
    outcome = await orTimeout(call, allowedMs, clock);
  } catch (thrown) {
    outcome = failed(toFailure(thrown));
  }
  if (outcome === TIMED_OUT) {
    cancellation.cancel();
    return failed(tooSlow(planned.name, allowedMs, plan.deadlineMs - clock.nowMs()));
  }
  if (!outcome.ok && inference.disconnected.cancelled) return failed(clientDisconnected());
  return outcome;
}

/**
 * Streams from one target. Ends after a `failure` event or with the provider's own end; a target
 * that is silent too long is cut off.
 */
export async function* callForStream(
  attempt: OpenAttempt,
  { inference, plan, guarded, clock }: CallContext,
): AsyncGenerator<ChatEvent, void> {
  const { planned, cancellation } = attempt;
  const patience = new Patience(attempt, plan, clock);
  try {
    const events = planned.provider.stream({
      model: planned.target.model,
      request: requestFor(planned, guarded),
      cancellation,
    });
    for await (const event of events) {
      if (cancellation.cancelled) break;
      patience.heard(event);
      yield event;
      if (event.type === 'failure') return;
    }
  } catch (thrown) {
    yield { type: 'failure', failure: patience.lost ?? toFailure(thrown) };
    return;
  } finally {
    patience.stop();
    // Whoever stops reading early has no use for the rest.
    cancellation.cancel();
  }
  const failure = inference.disconnected.cancelled ? clientDisconnected() : patience.lost;
  if (failure !== undefined) yield { type: 'failure', failure };
}

/** How long a target may be silent: first until it begins, then between any two events. */
class Patience {
  /** Why the target was cut off, once it was. */
  lost: Failure | undefined;
  #begun = false;
  readonly #attempt: OpenAttempt;
  readonly #plan: ChatPlan;
  readonly #clock: Clock;
  readonly #watchdog: Watchdog;

  constructor(attempt: OpenAttempt, plan: ChatPlan, clock: Clock) {
    this.#attempt = attempt;
    this.#plan = plan;
    this.#clock = clock;
    this.#watchdog = new Watchdog(clock, this.#within(plan.route.firstByteTimeoutMs), () =>
      this.#lose(),
    );
  }

  heard(event: ChatEvent): void {
    if (isContent(event)) {
      this.#begun = true;
      this.#attempt.begin();
    }
    this.#watchdog.touch(this.#within(this.#plan.route.idleTimeoutMs));
  }

  stop(): void {
    this.#watchdog.stop();
  }

  #within(allowedMs: number): number {
    return Math.min(allowedMs, this.#plan.deadlineMs - this.#clock.nowMs());
  }

  #lose(): void {
    const { route, deadlineMs } = this.#plan;
    const leftMs = deadlineMs - this.#clock.nowMs();
    const { name } = this.#attempt.planned;
    this.lost = this.#begun
      ? fellSilent(name, route.idleTimeoutMs, leftMs)
      : tooSlow(name, route.firstByteTimeoutMs, leftMs);
    this.#attempt.cancellation.cancel();
  }
}

/** We hung up on a provider that may have been writing: it bills for that. */
export const wasCutOff = (failure: Failure): boolean =>
  failure.code === 'provider_timeout' ||
  failure.code === 'deadline_exceeded' ||
  failure.code === 'client_disconnected';

const tooSlow = (target: string, allowedMs: number, leftMs: number): Failure =>
  leftMs <= 0
    ? deadlineExceeded()
    : new Failure('provider_timeout', `${target} did not begin to answer within ${allowedMs} ms`);

const fellSilent = (target: string, allowedMs: number, leftMs: number): Failure =>
  leftMs <= 0
    ? deadlineExceeded()
    : new Failure('stream_interrupted', `${target} fell silent for ${allowedMs} ms`);

const deadlineExceeded = (): Failure =>
  new Failure(
    'deadline_exceeded',
    'the answer took longer than the route allows; ask for fewer tokens, or stream',
  );
