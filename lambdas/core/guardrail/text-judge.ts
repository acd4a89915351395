import { GuardedJson, type JsonRuleSets, jsonRuleSets } from './guarded-json.ts';
import { GuardedPlainText } from './guarded-plain-text.ts';
import type { FindingSink, GuardedText, RuleSet } from './guarded-text.ts';

/** How a text is to be read. */
export type Reading = 'plain' | 'json';

/** Where a text comes from, and where what is found in it goes. */
export interface TextPlace {
  readonly location: string;
  readonly findings: FindingSink;
}

export interface JudgedText {
  /** With findings replaced; must not be used when blocked. */
  readonly text: string;
  readonly blocked: boolean;
}

/** The rules of one direction, ready for texts of either reading. */
export class TextJudge {
  readonly #plain: RuleSet;
  readonly #json: JsonRuleSets;

  constructor(rules: RuleSet) {
    this.#plain = rules;
    this.#json = jsonRuleSets(rules);
  }

  /** With no rules there is nothing to judge. */
  get idle(): boolean {
    return this.#plain.enforced.length + this.#plain.watched.length === 0;
  }

  /** A text that is still coming. */
  start(reading: Reading, location: string, sink: FindingSink): GuardedText {
    return reading === 'json'
      ? new GuardedJson(this.#json, location, sink)
      : new GuardedPlainText(this.#plain, location, sink);
  }

  whole(text: string, reading: Reading, place: TextPlace): JudgedText {
    const guarded = this.start(reading, place.location, place.findings);
    return { text: guarded.flush(text), blocked: guarded.blocked };
  }
}
