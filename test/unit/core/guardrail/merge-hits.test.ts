import { describe, expect, it } from 'vitest';
import type { Action } from '#core/guardrail/finding.ts';
import { type Hit, mergeHits } from '#core/guardrail/merge-hits.ts';

const hit = (name: string, action: Action, start: number, end: number): Hit => ({
  start,
  end,
  rule: {
    action,
    detector: { name, category: `test/${name}`, detect: () => [], holdFrom: () => 0 },
  },
});

const merged = (...hits: Hit[]) =>
  mergeHits(hits).map(({ start, end, rule }) => `${rule.detector.name} ${start}-${end}`);

describe('overlapping findings', () => {
  it('become one over the whole range, under the severest rule', () => {
    expect(merged(hit('long', 'redact', 0, 20), hit('short', 'block', 15, 25))).toEqual([
      'short 0-25',
    ]);
  });

  it('of equal severity go by the longest', () => {
    expect(merged(hit('short', 'redact', 8, 14), hit('long', 'redact', 0, 10))).toEqual([
      'long 0-14',
    ]);
    expect(merged(hit('short', 'redact', 0, 5), hit('long', 'redact', 4, 14))).toEqual([
      'long 0-14',
    ]);
  });

  it('that only touch stay two, in order', () => {
    expect(merged(hit('b', 'redact', 5, 9), hit('a', 'redact', 0, 5))).toEqual(['a 0-5', 'b 5-9']);
  });

  it('inside a block are part of the block', () => {
    const block = hit('block', 'redact', 0, 50);
    const detector = { ...block.rule.detector, endOfOpen: () => undefined };
    const inside = hit('inside', 'block', 10, 20);

    expect(merged({ ...block, rule: { ...block.rule, detector } }, inside)).toEqual(['block 0-50']);
  });
});
