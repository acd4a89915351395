import { CONTEXT, type Detector, MAX_HOLD } from '#core/guardrail/detector.ts';

/** The texts a detector finds. */
export const found = (detector: Detector, text: string): string[] =>
  detector.detect(text).map(({ start, end }) => text.slice(start, end));

/** What a detector would keep back at the end of a text. */
export const held = (detector: Detector, text: string): string =>
  text.slice(detector.holdFrom(text));

/** About a million characters. */
const megabyteOf = (piece: string): string => piece.repeat(Math.ceil(1_000_000 / piece.length));

/**
 * A megabyte of each: far more than quadratic time could get through before the test times out. The
 * hold-back of each must keep to its bound.
 */
export function judgeHostile(detector: Detector, pieces: readonly string[]): string[] {
  const overdrawn: string[] = [];
  for (const piece of pieces) {
    const text = megabyteOf(piece);
    detector.detect(text);
    detector.detect(text, text.length - CONTEXT);
    if (text.length - detector.holdFrom(text) > MAX_HOLD) overdrawn.push(piece);
  }
  return overdrawn;
}
