import type { StreamText } from '../peers/stream-text.ts';
import type { Bounds } from './slice.ts';

interface Common {
  readonly id: string;
  readonly connections: number;
  readonly rounds: number;
  readonly most: Bounds;
}

/** Whole answers, from an upstream that takes its time or none. */
export interface WholeLoad extends Common {
  readonly kind: 'whole';
  readonly upstreamMs: number;
}

/** Streams, each chunk as soon as can be (0), or one by one. */
export interface StreamLoad extends Common {
  readonly kind: 'stream';
  readonly paceMs: number;
  readonly text: StreamText;
}

export type Load = WholeLoad | StreamLoad;

/** 50 tokens a second. */
const PACE_MS = 20;

/** Ended by time alone. */
const forMs = (longestMs: number): Bounds => ({ requests: Number.MAX_SAFE_INTEGER, longestMs });
/** Ended by their number; the time is for a peer that cannot keep up. */
const streams = (requests: number): Bounds => ({ requests, longestMs: 5_000 });

const whole = (
  connections: number,
  upstreamMs: number,
  rounds: number,
  sliceMs: number,
): WholeLoad => ({
  kind: 'whole',
  id: `whole, ${connections} at once, ${upstreamMs} ms upstream`,
  connections,
  upstreamMs,
  rounds,
  most: forMs(sliceMs),
});

const stream = (
  connections: number,
  paceMs: number,
  text: StreamText,
  rounds: number,
): StreamLoad => ({
  kind: 'stream',
  id: `streams of ${text}, ${connections} at once, ${paceMs} ms between chunks`,
  connections,
  paceMs,
  text,
  rounds,
  most: paceMs === 0 ? forMs(400) : streams(Math.max(3, connections)),
});

/** The loads that goals are about. */
export const ONE_AT_ONCE = whole(1, 0, 9, 300);
export const FULL_LOAD = whole(50, 0, 9, 500);
export const WAITING = whole(10, 50, 9, 1_000);
export const PACED = stream(1, PACE_MS, 'prose', 5);
export const UNPACED = stream(1, 0, 'prose', 5);

export const FULL_LOADS: readonly Load[] = [
  ONE_AT_ONCE,
  whole(10, 0, 9, 300),
  FULL_LOAD,
  WAITING,
  whole(50, 50, 7, 600),
  PACED,
  stream(20, PACE_MS, 'prose', 5),
  stream(1, PACE_MS, 'personal data', 3),
  stream(20, PACE_MS, 'personal data', 3),
  UNPACED,
  stream(20, 0, 'prose', 5),
  stream(1, 0, 'personal data', 5),
  stream(20, 0, 'personal data', 5),
];

/** Those that goals are about, and fewer rounds of them. */
export const QUICK_LOADS: readonly Load[] = [
  { ...ONE_AT_ONCE, rounds: 5 },
  { ...FULL_LOAD, rounds: 5 },
  { ...WAITING, rounds: 3, most: forMs(800) },
  { ...PACED, rounds: 3 },
  { ...UNPACED, rounds: 3, most: forMs(300) },
  { ...stream(20, 0, 'prose', 3), most: forMs(300) },
];

/** V8 is still at work on the largest of them after ten thousand; then the time ends it. */
export const warmUps = (quick: boolean): readonly Load[] => [
  {
    ...FULL_LOAD,
    connections: 10,
    rounds: 1,
    most: quick ? { requests: 3_000, longestMs: 6_000 } : { requests: 10_000, longestMs: 15_000 },
  },
  {
    ...stream(10, 0, 'prose', 1),
    most: quick ? { requests: 400, longestMs: 2_000 } : { requests: 1_500, longestMs: 5_000 },
  },
];
