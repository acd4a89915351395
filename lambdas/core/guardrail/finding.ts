/** What a policy makes of a finding. */
export type Action = 'block' | 'redact' | 'flag';

/** From the mildest to the severest. */
export const ACTIONS: readonly Action[] = ['flag', 'redact', 'block'];

/** What became of a text; `error` means that it could not be judged, and nothing was let through. */
export type Verdict = 'allow' | 'flag' | 'redact' | 'block' | 'error';

const SEVERITY: readonly Verdict[] = ['allow', 'flag', 'redact', 'block', 'error'];

export const severest = (verdicts: readonly Verdict[]): Verdict =>
  SEVERITY[Math.max(0, ...verdicts.map((verdict) => SEVERITY.indexOf(verdict)))] ?? 'allow';

/** Where something was found: never what. */
export interface Finding {
  /** The detector's name: `email`, `payment-card`, … */
  readonly detector: string;
  readonly action: Action;
  /** Which text: `messages[2].content`, `choices[0].content`, `choices[0].tool_calls[1].arguments`. */
  readonly location: string;
  /** UTF-16 offsets into that text as it was before redaction; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

export interface Assessment {
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

export const NOTHING_FOUND: Assessment = { verdict: 'allow', findings: [] };
