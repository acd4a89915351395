import { beforeAll, describe, expect, it } from 'vitest';
import { type Footprints, measureFootprints } from '../../bench/cost/request-footprint.ts';

/** Two lines of metrics and one of log; each further one is paid for with every request. */
const MOST_LOG_BYTES = 1_600;

let footprints: Footprints;
beforeAll(async () => {
  footprints = await measureFootprints();
}, 60_000);

describe.each(['whole', 'streamed'] as const)('a warm request, answered %s', (kind) => {
  it('makes four calls of the SDK, every one a write', () => {
    // The overrides of the routes are read once in five seconds, whoever asks.
    const { 'Query control': _, ...calls } = footprints[kind].calls;

    expect(calls).toEqual({ 'UpdateItem quota': 2, 'PutItem audit': 2 });
  });

  it('costs four write units', () => {
    expect(footprints[kind].writeUnits).toBe(4);
  });

  it('logs something, and at most 1.6 KB', () => {
    expect(footprints[kind].logBytes).toBeGreaterThan(500);
    expect(footprints[kind].logBytes).toBeLessThanOrEqual(MOST_LOG_BYTES);
  });

  it('is answered with what the model said', () => {
    expect(footprints[kind].answerBytes).toBeGreaterThan(1_000);
  });
});

describe('two warm requests, one after the other', () => {
  it('read the overrides of the routes once at most', () => {
    const { whole, streamed } = footprints;
    const reads = [whole, streamed].map(({ calls }) => calls['Query control'] ?? 0);

    expect(reads.reduce((sum, read) => sum + read)).toBeLessThanOrEqual(1);
  });
});
