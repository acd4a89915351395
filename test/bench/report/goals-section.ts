import { type GoalResult, goalResults, isReached, streamLosses } from '../goals.ts';
import type { LoadResult } from '../load/rounds.ts';
import { TARGETS } from '../stand/targets.ts';
import { EMPTY_CELL, show, table } from './cells.ts';

/** What was to hold, and whether it did in this run. */
export function goalsSection(loads: readonly LoadResult[]): string {
  const { streams, lost, merged } = streamLosses(loads);
  const kept = streams > 0 && lost + merged === 0;
  const streamsRow = [
    'words lost, frames merged (all streams)',
    'gateway, both',
    EMPTY_CELL,
    '0, 0',
    streams === 0 ? EMPTY_CELL : `${lost}, ${merged} in ${streams} streams`,
    streams === 0 ? 'not measured' : verdict(kept),
  ];
  return `## Goals

Ratios inside this run: each round compares what was measured in it, and the median of the rounds decides. "Added" is over no gateway. \`--gate\` allows 1.5 times what is expected; where a goal is not reached yet it holds what is, and why is in [the decision on SDK calls](decisions/2026-11-23-sdk-calls.md).

${table(
  ['ours', 'beside', 'expected', 'measured', ''],
  [...goalResults(loads).map(goalRow), streamsRow],
)}`;
}

function goalRow(goal: GoalResult): readonly string[] {
  const { what, load, target, beside, sense, limit, today, ratio } = goal;
  const held = today === undefined || isReached(goal) ? '' : `, held at ${today} ×`;
  return [
    `${what} (${load})`,
    TARGETS[target],
    TARGETS[beside],
    `${sense} ${limit} ×`,
    ratio === undefined ? EMPTY_CELL : `${show(ratio, 2)} ×`,
    ratio === undefined ? 'not measured' : `${verdict(isReached(goal))}${held}`,
  ];
}

const verdict = (reached: boolean): string => (reached ? 'reached' : '**missed**');
