import type { Detector } from './detector.ts';
import { ACTIONS, type Action } from './finding.ts';

/** A rule of a policy with its detector at hand. */
export interface ActiveRule {
  readonly detector: Detector;
  readonly action: Action;
}

/** One thing found under one rule; offsets into the text or window that was judged. */
export interface Hit {
  readonly start: number;
  readonly end: number;
  readonly rule: ActiveRule;
  /** Present while the end has not come: who will see it come. */
  readonly openedBy?: Detector;
}

/** Every finding of every rule that starts at `from` or later. */
export const findHits = (rules: readonly ActiveRule[], text: string, from: number): Hit[] =>
  rules.flatMap((rule) =>
    rule.detector
      .detect(text, from)
      .map(({ start, end, open }) =>
        open === true ? { start, end, rule, openedBy: rule.detector } : { start, end, rule },
      ),
  );

/**
 * Hits that do not overlap, in order. Overlapping ones become one hit over the whole range under
 * the severest rule, among equals that of the longest span. What lies inside a block that may be
 * open (a private key) is part of the block and not judged again.
 */
export function mergeHits(hits: readonly Hit[]): readonly Hit[] {
  const sorted = [...hits].sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: Hit[] = [];
  let decider: Hit | undefined;
  for (const hit of sorted) {
    const last = merged.at(-1);
    if (last === undefined || decider === undefined || hit.start >= last.end) {
      merged.push(hit);
      decider = hit;
      continue;
    }
    if (last.rule.detector.endOfOpen !== undefined && hit.end <= last.end) continue;
    if (compare(hit, decider) > 0) decider = hit;
    merged[merged.length - 1] = { ...last, ...hit, ...union(last, hit), rule: decider.rule };
  }
  return merged;
}

const union = (left: Hit, right: Hit) => ({
  start: left.start,
  end: Math.max(left.end, right.end),
});

const compare = (a: Hit, b: Hit): number =>
  ACTIONS.indexOf(a.rule.action) - ACTIONS.indexOf(b.rule.action) ||
  a.end - a.start - (b.end - b.start);
