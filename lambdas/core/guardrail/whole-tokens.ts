import { type Detector, MAX_HOLD, type Span } from './detector.ts';

/** What ends a number or a word in JSON text. */
const DELIMITER = /[\s,:[\]{}"]/;

/**
 * A detector for what stands between the strings of JSON text: a finding takes its whole token, so
 * that a quoted replacement leaves valid JSON (`4111111111111111` or `4111111111111111.0`).
 */
export function wholeTokens(detector: Detector): Detector {
  const { endOfOpen } = detector;
  return {
    name: detector.name,
    category: detector.category,
    detect: (text, from = 0) =>
      detector.detect(text, from).map((span): Span => {
        const start = tokenStart(text, span.start, from);
        return { ...span, start, end: tokenEnd(text, span.end) };
      }),
    holdFrom: (text, from = 0) => tokenStart(text, detector.holdFrom(text, from), from),
    ...(endOfOpen === undefined ? {} : { endOfOpen }),
  };
}

function tokenStart(text: string, index: number, from: number): number {
  const earliest = Math.max(from, index - MAX_HOLD);
  let start = index;
  while (start > earliest && !DELIMITER.test(text.charAt(start - 1))) start -= 1;
  return start;
}

function tokenEnd(text: string, index: number): number {
  const latest = Math.min(text.length, index + MAX_HOLD);
  let end = index;
  while (end < latest && !DELIMITER.test(text.charAt(end))) end += 1;
  return end;
}
