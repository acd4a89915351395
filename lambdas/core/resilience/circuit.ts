/**
 * When a circuit opens and for how long. Small numbers on purpose: one Lambda environment sees few
 * calls, and a hundred of them would be spent before a classical window had filled.
 */
export interface CircuitPolicy {
  /** How many of the latest calls are looked at. */
  readonly windowCalls: number;
  /** Calls older than this no longer count. */
  readonly windowMs: number;
  /** Fewer calls than this never open the circuit. */
  readonly minimumCalls: number;
  /** Share of failed calls, 0 to 1, from which the circuit opens. */
  readonly failureRate: number;
  /** How long it stays open the first time; doubles with each failed probe. */
  readonly openMs: number;
  readonly longestOpenMs: number;
  /** How long a probe may take before another caller may probe. */
  readonly probeMs: number;
  /** How long a throttled target rests when the provider names no time. */
  readonly cooldownMs: number;
}

export const DEFAULT_CIRCUIT_POLICY: CircuitPolicy = {
  windowCalls: 20,
  windowMs: 60_000,
  minimumCalls: 5,
  failureRate: 0.5,
  openMs: 10_000,
  longestOpenMs: 120_000,
  probeMs: 60_000,
  cooldownMs: 1_000,
};

export type CircuitState = 'closed' | 'open' | 'half-open';

/** Leave to make one call; every permit is handed back with its result. */
export interface Permit {
  readonly probe: boolean;
  /** Which opening of the circuit it belongs to: a late answer does not judge a later state. */
  readonly generation: number;
}

export type Admission =
  | { readonly admitted: true; readonly permit: Permit }
  | { readonly admitted: false; readonly retryAtMs: number };

/**
 * How a call went, for the circuit: `neutral` says nothing about the target (the caller's own
 * mistake, a client that left), `throttled` cools it down without calling it broken.
 */
export type CallResult = 'success' | 'failure' | 'neutral' | 'throttled';

interface Call {
  readonly atMs: number;
  readonly failed: boolean;
}

/** The circuit of one target: closed, open, half-open with a single prober. */
export class Circuit {
  readonly #policy: CircuitPolicy;
  #calls: Call[] = [];
  #generation = 0;
  #openedTimes = 0;
  #openUntilMs: number | undefined;
  #probingUntilMs = 0;
  #coolUntilMs = 0;

  constructor(policy: CircuitPolicy = DEFAULT_CIRCUIT_POLICY) {
    this.#policy = policy;
  }

  state(nowMs: number): CircuitState {
    if (this.#openUntilMs === undefined) return 'closed';
    return nowMs < this.#openUntilMs ? 'open' : 'half-open';
  }

  admit(nowMs: number): Admission {
    if (nowMs < this.#coolUntilMs) return { admitted: false, retryAtMs: this.#coolUntilMs };
    if (this.#openUntilMs === undefined) return this.#permit(false);
    if (nowMs < this.#openUntilMs) return { admitted: false, retryAtMs: this.#openUntilMs };
    if (nowMs < this.#probingUntilMs) return { admitted: false, retryAtMs: this.#probingUntilMs };
    this.#probingUntilMs = nowMs + this.#policy.probeMs;
    return this.#permit(true);
  }

  /**
   * Hands a permit back.
   *
   * @returns true when this result opened a closed circuit.
   */
  report(permit: Permit, result: CallResult, nowMs: number, retryAfterMs?: number): boolean {
    if (result === 'throttled') {
      this.#coolUntilMs = Math.max(
        this.#coolUntilMs,
        nowMs + (retryAfterMs ?? this.#policy.cooldownMs),
      );
    }
    if (permit.generation !== this.#generation) return false;
    if (permit.probe) {
      this.#judgeProbe(result, nowMs);
      return false;
    }
    if (result === 'neutral' || result === 'throttled') return false;
    return this.#judgeCall(result === 'failure', nowMs);
  }

  #permit(probe: boolean): Admission {
    return { admitted: true, permit: { probe, generation: this.#generation } };
  }

  #judgeProbe(result: CallResult, nowMs: number): void {
    this.#probingUntilMs = 0;
    if (result === 'failure') this.#open(nowMs);
    if (result !== 'success') return;
    this.#openUntilMs = undefined;
    this.#openedTimes = 0;
    this.#calls = [];
    this.#generation += 1;
  }

  #judgeCall(failed: boolean, nowMs: number): boolean {
    const since = nowMs - this.#policy.windowMs;
    this.#calls.push({ atMs: nowMs, failed });
    this.#calls = this.#calls.filter((call) => call.atMs > since).slice(-this.#policy.windowCalls);
    const failures = this.#calls.filter((call) => call.failed).length;
    if (!failed || this.#calls.length < this.#policy.minimumCalls) return false;
    if (failures / this.#calls.length < this.#policy.failureRate) return false;
    this.#open(nowMs);
    return true;
  }

  #open(nowMs: number): void {
    const { openMs, longestOpenMs } = this.#policy;
    this.#openUntilMs = nowMs + Math.min(longestOpenMs, openMs * 2 ** this.#openedTimes);
    this.#openedTimes += 1;
    this.#generation += 1;
    this.#calls = [];
  }
}
