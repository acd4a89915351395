import { addedOf, ratioOf, seriesOf } from './load/compare.ts';
import { FULL_LOAD, ONE_AT_ONCE, PACED, UNPACED, WAITING } from './load/loads.ts';
import type { LoadResult } from './load/rounds.ts';
import { type Spread, spreadOf } from './load/spread.ts';
import type { TargetName } from './stand/targets.ts';

/** What is to hold, as a ratio inside one run. */
interface RatioGoal {
  readonly what: string;
  readonly target: TargetName;
  readonly beside: TargetName;
  readonly load: string;
  readonly figure: string;
  /** Compare what each adds to no gateway, not what each takes. */
  readonly added: boolean;
  readonly sense: 'at most' | 'at least';
  readonly limit: number;
  /** What is reached today, where that is not the limit: the gate holds on to it. */
  readonly today?: number;
  /** Reported, but too small on both sides for a gate. */
  readonly reportOnly?: true;
}

const GOALS: readonly RatioGoal[] = [
  {
    what: 'CPU per request',
    target: 'gateway',
    beside: 'portkey',
    load: FULL_LOAD.id,
    figure: 'cpuUs',
    added: false,
    sense: 'at most',
    limit: 0.33,
    today: 0.4,
  },
  {
    what: 'requests/s on one core',
    target: 'gateway',
    beside: 'portkey',
    load: FULL_LOAD.id,
    figure: 'perSecond',
    added: false,
    sense: 'at least',
    limit: 3.5,
    today: 2.5,
  },
  {
    what: 'added p50',
    target: 'gateway',
    beside: 'portkey',
    load: ONE_AT_ONCE.id,
    figure: 'p50Ms',
    added: true,
    sense: 'at most',
    limit: 0.4,
    // Half of it is Node's HTTP on both sides, which the bare proxy pays as well.
    today: 0.55,
  },
  {
    what: 'CPU per request',
    target: 'gatewayOnAws',
    beside: 'portkeyGuarded',
    load: FULL_LOAD.id,
    figure: 'cpuUs',
    added: false,
    sense: 'at most',
    limit: 1,
    // Four calls of the SDK at 0.4 ms each: three quarters of a request's CPU are its own.
    today: 1.75,
  },
  {
    what: 'added p99',
    target: 'gatewayOnAws',
    beside: 'portkeyGuarded',
    load: WAITING.id,
    figure: 'p99Ms',
    added: true,
    sense: 'at most',
    limit: 0.7,
    // Ten that came together wait for each other's calls of the SDK.
    today: 2.2,
  },
  {
    what: 'added time to first text',
    target: 'gatewayOnAws',
    beside: 'portkey',
    load: PACED.id,
    figure: 'firstTextP50Ms',
    added: true,
    sense: 'at most',
    limit: 0.2,
  },
  {
    what: 'added to each chunk, p95',
    target: 'gatewayOnAws',
    beside: 'portkey',
    load: PACED.id,
    figure: 'firstWordP95Ms',
    added: true,
    sense: 'at most',
    limit: 0.2,
    // Portkey's wait delays its first two chunks of 40, which p95 leaves out: what remains is tenths
    // of a millisecond.
    reportOnly: true,
  },
  {
    what: 'added to each chunk, p95',
    target: 'gatewayOnAws',
    beside: 'portkey',
    load: UNPACED.id,
    figure: 'firstWordP95Ms',
    added: true,
    sense: 'at most',
    limit: 0.2,
  },
];

/** How far a run on a busy machine may miss a ratio before the gate closes. */
const SLACK = 1.5;

export interface GoalResult extends RatioGoal {
  /** Over the rounds; undefined when one of the two was not measured. */
  readonly ratio: Spread | undefined;
}

/** Words and frames of our streams that did not come as they were sent; any is one too many. */
export interface StreamLosses {
  readonly streams: number;
  readonly lost: number;
  readonly merged: number;
}

export function goalResults(results: readonly LoadResult[]): readonly GoalResult[] {
  return GOALS.map((goal) => {
    const result = results.find(({ load }) => load.id === goal.load);
    const of = goal.added ? addedOf : seriesOf;
    const ratios =
      result === undefined
        ? undefined
        : ratioOf(of(result, goal.target, goal.figure), of(result, goal.beside, goal.figure));
    return { ...goal, ratio: ratios === undefined ? undefined : spreadOf(ratios) };
  });
}

/** Of our gateway, over all streams of a run. */
export function streamLosses(results: readonly LoadResult[]): StreamLosses {
  const sum = (figure: string): number =>
    results
      .flatMap((result) => [
        ...(seriesOf(result, 'gateway', figure) ?? []),
        ...(seriesOf(result, 'gatewayOnAws', figure) ?? []),
      ])
      .reduce((total, value) => total + value, 0);
  return { streams: sum('streams'), lost: sum('lost'), merged: sum('merged') };
}

/** Is a ratio on the right side of `slack` times its limit? */
export function isReached({ ratio, sense, limit }: GoalResult, slack = 1): boolean {
  if (ratio === undefined) return false;
  return sense === 'at most' ? ratio.median <= limit * slack : ratio.median >= limit / slack;
}

/**
 * Why a change must not land: ratios missed by more than the slack, goals that nothing was measured
 * for, words lost. Empty when it may.
 */
export function gateProblems(
  goals: readonly GoalResult[],
  { streams, lost, merged }: StreamLosses,
): readonly string[] {
  const missed = goals
    .map((goal) => ({ ...goal, limit: goal.today ?? goal.limit }))
    .filter((goal) => goal.reportOnly !== true && !isReached(goal, SLACK))
    .map(({ what, target, beside, sense, limit, ratio }) =>
      ratio === undefined
        ? `${what}, ${target} beside ${beside}: not measured`
        : `${what}: ${target} is ${ratio.median.toFixed(2)} × ${beside}, expected ${sense} ${limit} (slack ${SLACK})`,
    );
  if (streams === 0) return [...missed, 'no stream was measured'];
  if (lost + merged === 0) return missed;
  return [...missed, `${lost} words lost and ${merged} frames merged in ${streams} streams`];
}
