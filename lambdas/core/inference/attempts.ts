import type { Attempt } from '../audit/audit-record.ts';
import { Failure, failurePolicies } from '../failures/failure.ts';
import type { CallResult, Permit } from '../resilience/circuit.ts';
import { backoffMs } from '../resilience/retry-budget.ts';
import type { Cancellation } from '../time/cancellation.ts';
import type { ChatInference } from './chat-inference.ts';
import type { ChatPlan, PlannedTarget } from './chat-plan.ts';
import type { InferencePorts } from './inference-ports.ts';

/** A longer pause than this is better spent by the client. */
const LONGEST_PAUSE_MS = 2_000;

/** One call that may now be made; `close` it exactly once. */
export interface OpenAttempt {
  readonly planned: PlannedTarget;
  /** For the provider: follows the client's disconnection and can be cancelled alone. */
  readonly cancellation: Cancellation;
  /** The target has begun to answer. */
  begin(): void;
  close(failure?: Failure): void;
}

/**
 * Which target comes next: down the list, past open circuits; and when the list is used up, once
 * more from the top after a jittered pause, as long as the retry budget and the deadline last.
 */
export class Attempts {
  /** Every attempt closed so far, in order. */
  readonly made: Attempt[] = [];
  readonly #inference: ChatInference;
  readonly #plan: ChatPlan;
  readonly #ports: InferencePorts;
  #queue: readonly PlannedTarget[];
  #passes = 0;
  #opened = 0;
  #retryAtMs = Number.POSITIVE_INFINITY;
  #failure: Failure | undefined;

  constructor(inference: ChatInference, plan: ChatPlan, ports: InferencePorts) {
    this.#inference = inference;
    this.#plan = plan;
    this.#ports = ports;
    this.#queue = plan.targets;
    ports.retryBudget.deposit();
  }

  /** Why there is no further attempt. */
  get failure(): Failure {
    return this.#failure ?? this.#allCircuitsOpen();
  }

  /** Leave for the next call; undefined when `failure` is final. */
  async next(): Promise<OpenAttempt | undefined> {
    while (this.#mayGoOn()) {
      const attempt = this.#admitted();
      if (attempt !== undefined) return attempt;
      if (this.#opened === 0 || !(await this.#pause())) return undefined;
      this.#queue = this.#plan.targets;
    }
    return undefined;
  }

  #mayGoOn(): boolean {
    if (this.#inference.disconnected.cancelled) {
      this.#failure = clientDisconnected();
      return false;
    }
    if (this.#failure !== undefined && !failurePolicies[this.#failure.code].nextTarget)
      return false;
    if (this.#ports.clock.nowMs() >= this.#plan.deadlineMs) {
      this.#failure = deadlineExceeded();
      return false;
    }
    return this.#opened < this.#plan.route.maxAttempts;
  }

  #admitted(): OpenAttempt | undefined {
    for (const [index, planned] of this.#queue.entries()) {
      const admission = this.#ports.circuits.of(planned.name).admit(this.#ports.clock.nowMs());
      if (admission.admitted) {
        this.#queue = this.#queue.slice(index + 1);
        return this.#open(planned, admission.permit);
      }
      this.#retryAtMs = Math.min(this.#retryAtMs, admission.retryAtMs);
    }
    this.#queue = [];
    return undefined;
  }

  async #pause(): Promise<boolean> {
    const { clock, random, retryBudget } = this.#ports;
    const nowMs = clock.nowMs();
    const untilAdmittedMs = Number.isFinite(this.#retryAtMs) ? this.#retryAtMs - nowMs : 0;
    const pauseMs = Math.max(backoffMs(this.#passes, random), untilAdmittedMs);
    if (pauseMs > LONGEST_PAUSE_MS || nowMs + pauseMs >= this.#plan.deadlineMs) return false;
    if (!retryBudget.withdraw()) return false;
    this.#passes += 1;
    this.#retryAtMs = Number.POSITIVE_INFINITY;
    await clock.sleep(pauseMs, this.#inference.disconnected);
    return true;
  }

  #open(planned: PlannedTarget, permit: Permit): OpenAttempt {
    this.#opened += 1;
    const { clock } = this.#ports;
    const startedAtMs = clock.nowMs();
    const { cancellation, release } = this.#inference.disconnected.child();
    let firstContentMs: number | undefined;
    return {
      planned,
      cancellation,
      begin: () => {
        firstContentMs ??= clock.nowMs() - startedAtMs;
      },
      close: (failure) => {
        release();
        this.#failure = failure;
        this.#report(planned, permit, failure);
        this.made.push({
          target: planned.name,
          startedAtMs,
          durationMs: clock.nowMs() - startedAtMs,
          ...(firstContentMs === undefined ? {} : { firstContentMs }),
          outcome: failure?.code ?? 'completed',
        });
      },
    };
  }

  #report(planned: PlannedTarget, permit: Permit, failure: Failure | undefined): void {
    const circuit = this.#ports.circuits.of(planned.name);
    const nowMs = this.#ports.clock.nowMs();
    if (circuit.report(permit, judge(failure), nowMs, failure?.retryAfterMs)) {
      this.#ports.observer.circuitOpened(planned.name);
    }
  }

  #allCircuitsOpen(): Failure {
    const retryAtMs = Number.isFinite(this.#retryAtMs) ? this.#retryAtMs : 0;
    const waitMs = Math.max(0, retryAtMs - this.#ports.clock.nowMs());
    return new Failure(
      'circuit_open',
      `every target of ${this.#plan.route.name} is resting after failures; try again in ${Math.ceil(waitMs / 1000)} s`,
      { retryAfterMs: waitMs },
    );
  }
}

function judge(failure: Failure | undefined): CallResult {
  if (failure === undefined) return 'success';
  if (failure.code === 'provider_throttled') return 'throttled';
  return failurePolicies[failure.code].blame === 'provider' ? 'failure' : 'neutral';
}

export const clientDisconnected = (): Failure =>
  new Failure('client_disconnected', 'the client closed the connection before the answer ended');

export const deadlineExceeded = (): Failure =>
  new Failure(
    'deadline_exceeded',
    'the answer took longer than the route allows; ask for fewer tokens, or stream',
  );
