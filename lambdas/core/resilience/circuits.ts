import { Circuit, type CircuitPolicy, DEFAULT_CIRCUIT_POLICY } from './circuit.ts';

/** The circuits of this process, one per target name. */
export class Circuits {
  readonly #policy: CircuitPolicy;
  readonly #byTarget = new Map<string, Circuit>();

  constructor(policy: CircuitPolicy = DEFAULT_CIRCUIT_POLICY) {
    this.#policy = policy;
  }

  of(target: string): Circuit {
    const known = this.#byTarget.get(target);
    if (known !== undefined) return known;
    const circuit = new Circuit(this.#policy);
    this.#byTarget.set(target, circuit);
    return circuit;
  }

  /** State of every target called so far. */
  states(nowMs: number): ReadonlyMap<string, ReturnType<Circuit['state']>> {
    return new Map([...this.#byTarget].map(([target, circuit]) => [target, circuit.state(nowMs)]));
  }
}
