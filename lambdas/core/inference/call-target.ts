import { type ChatEvent, isContent } from '../chat/chat-event.ts';
import { type ChatRequest, choicesAsked } from '../chat/chat-request.ts';
import type { AnswerOutcome } from '../chat/model-provider.ts';
import { Failure, toFailure } from '../failures/failure.ts';
import { failed } from '../failures/outcome.ts';
import type { Clock } from '../time/clock.ts';
import { orTimeout, TIMED_OUT } from '../time/race.ts';
import { clientDisconnected, deadlineExceeded, type OpenAttempt } from './attempts.ts';
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
): Promise<AnswerOutcome> {
  const { planned, cancellation } = attempt;
  const allowedMs = Math.min(plan.route.answerTimeoutMs, plan.deadlineMs - clock.nowMs());
  const call = planned.provider.complete({
    model: planned.target.model,
    request: requestFor(planned, guarded),
    cancellation,
  });
  let outcome: AnswerOutcome | typeof TIMED_OUT;
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
  context: CallContext,
): AsyncGenerator<ChatEvent, void> {
  const { inference, guarded } = context;
  const { planned, cancellation } = attempt;
  const patience = new Patience(attempt, context);
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
      patience.listen();
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

/** After its last finish a provider may still name its usage; nobody waits long for that. */
const USAGE_MS = 2_000;

/**
 * How long a target may be silent: first until it begins, then between any two events. While the
 * reader has yet to take an event, the silence is the reader's.
 */
class Patience {
  /** Why the target was cut off, once it was. */
  lost: Failure | undefined;
  #begun = false;
  #reading = false;
  #unfinished: number;
  readonly #attempt: OpenAttempt;
  readonly #plan: ChatPlan;
  readonly #clock: Clock;
  readonly #watchdog: Watchdog;

  constructor(attempt: OpenAttempt, { plan, guarded, clock }: CallContext) {
    this.#attempt = attempt;
    this.#plan = plan;
    this.#clock = clock;
    this.#unfinished = choicesAsked(requestFor(attempt.planned, guarded));
    this.#watchdog = new Watchdog(clock, this.#within(plan.route.firstByteTimeoutMs), () =>
      this.#expired(),
    );
  }

  /** An event has come and goes to the reader. */
  heard(event: ChatEvent): void {
    this.#reading = true;
    if (event.type === 'finish') this.#unfinished -= 1;
    if (!isContent(event)) return;
    this.#begun = true;
    this.#attempt.begin();
  }

  /** The reader has taken it: it is the target's turn again. */
  listen(): void {
    this.#reading = false;
    const { idleTimeoutMs } = this.#plan.route;
    const allowedMs = this.#unfinished > 0 ? idleTimeoutMs : Math.min(USAGE_MS, idleTimeoutMs);
    this.#watchdog.touch(this.#within(allowedMs));
  }

  stop(): void {
    this.#watchdog.stop();
  }

  #within(allowedMs: number): number {
    return Math.min(allowedMs, this.#plan.deadlineMs - this.#clock.nowMs());
  }

  #expired(): number {
    const { route, deadlineMs } = this.#plan;
    const leftMs = deadlineMs - this.#clock.nowMs();
    if (this.#reading && leftMs > 0) return this.#within(route.idleTimeoutMs);
    const { name } = this.#attempt.planned;
    if (this.#reading) this.lost = clientDisconnected();
    else if (this.#begun) this.lost = fellSilent(name, route.idleTimeoutMs, leftMs);
    else this.lost = tooSlow(name, route.firstByteTimeoutMs, leftMs);
    this.#attempt.cancellation.cancel();
    return 0;
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
