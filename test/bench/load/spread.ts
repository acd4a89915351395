/** Several slices of one run in three numbers. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws RangeError without values. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  return {
    median: percentile(sorted, 0.5),
    min: percentile(sorted, 0),
    max: percentile(sorted, 1),
  };
}

/**
 * Nearest rank: a value that was measured, never one in between.
 *
 * @param share 0 to 1.
 * @throws RangeError without values.
 */
export function percentile(ascending: readonly number[], share: number): number {
  const value = ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)];
  if (value === undefined) throw new RangeError('a percentile needs at least one value, got none');
  return value;
}
