import {
  type FindingSink,
  GuardedSegment,
  type GuardedText,
  type RuleSet,
} from './guarded-text.ts';

const asIs = (replacement: string): string => replacement;

/** A text judged as it stands. */
export class GuardedPlainText implements GuardedText {
  readonly #segment: GuardedSegment;

  constructor(rules: RuleSet, location: string, sink: FindingSink) {
    this.#segment = new GuardedSegment(rules, { location, offset: 0, sink, write: asIs });
  }

  get holding(): boolean {
    return this.#segment.holding;
  }

  get blocked(): boolean {
    return this.#segment.blocked;
  }

  push(text: string): string {
    this.#segment.append(text, text);
    return this.#segment.advance(false);
  }

  flush(last = ''): string {
    this.#segment.append(last, last);
    return this.#segment.advance(true);
  }
}
