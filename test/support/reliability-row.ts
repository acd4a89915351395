/** One line of `docs/reliability.md`: what goes wrong, and what is then true. */
export interface ReliabilityRow {
  /** `F…` as in the fault matrix, `D…` a dependency that fails, `A…` an attack: titles of its tests begin with it. */
  readonly id: string;
  readonly fault: string;
  /** Every answer its tests accept; empty when the client must not notice. */
  readonly answers: readonly ReliabilityAnswer[];
  /** The metric that tells on-call, as it is emitted. */
  readonly metric?: string;
  /** The id of the alarm on that metric. */
  readonly alarm?: string;
  /** What holds besides the answer, in a clause each. */
  readonly invariants: readonly string[];
}

export interface ReliabilityAnswer {
  /** 200 when a stream had begun: the error is in-band then. */
  readonly status: number;
  /** `error.code`; absent where the answer is a success. */
  readonly code?: string;
}

/** A line nobody tests yet, and why. */
export interface UncoveredRow {
  readonly id: string;
  readonly fault: string;
  readonly why: string;
}
