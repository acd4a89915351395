import type { Action } from './finding.ts';

export type Direction = 'input' | 'output' | 'both';

export interface GuardrailRule {
  /** Name of a detector. */
  readonly detector: string;
  readonly action: Action;
  readonly direction: Direction;
}

/** What is looked for and what is done about it, as data. */
export interface GuardrailPolicy {
  readonly id: string;
  readonly rules: readonly GuardrailRule[];
}
