import type { Random } from '../time/clock.ts';
import type { Target } from './route.ts';

/**
 * The order in which targets are tried: the first drawn by weight, the rest as the route lists
 * them. When no target has a weight, simply as listed.
 */
export function chooseTargets<T extends Pick<Target, 'weight'>>(
  targets: readonly T[],
  random: Random,
): readonly T[] {
  const total = targets.reduce((sum, target) => sum + target.weight, 0);
  if (total === 0) return targets;
  let draw = random() * total;
  const first = targets.find((target) => {
    draw -= target.weight;
    return target.weight > 0 && draw < 0;
  });
  // Rounding can leave a sliver behind the last weight.
  const chosen = first ?? targets.findLast((target) => target.weight > 0);
  if (chosen === undefined) return targets;
  return [chosen, ...targets.filter((target) => target !== chosen)];
}
