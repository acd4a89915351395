import type { TargetName } from '../stand/targets.ts';
import type { LoadResult } from './rounds.ts';

/** One figure of one target under one load, round by round; undefined where it was not measured. */
export function seriesOf(
  { targets }: LoadResult,
  target: TargetName,
  figure: string,
): readonly number[] | undefined {
  return targets[target]?.[figure];
}

/** The same, less what it is without a gateway in the same round. */
export function addedOf(
  result: LoadResult,
  target: TargetName,
  figure: string,
): readonly number[] | undefined {
  const direct = seriesOf(result, 'direct', figure);
  if (direct === undefined) return undefined;
  return seriesOf(result, target, figure)?.map(
    (value, round) => value - (direct[round] ?? Number.NaN),
  );
}

/**
 * Round by round. Rounds in which the other has nothing to be compared with (an addition of 0 or less
 * is noise) are left out.
 */
export function ratioOf(
  own: readonly number[] | undefined,
  other: readonly number[] | undefined,
): readonly number[] | undefined {
  if (own === undefined || other === undefined) return undefined;
  const ratios = own.flatMap((value, round) => {
    const divisor = other[round] ?? Number.NaN;
    return divisor > 0 ? [value / divisor] : [];
  });
  return ratios.length > 0 ? ratios : undefined;
}
