import { CONTEXT } from './detector.ts';
import {
  type FindingSink,
  GuardedSegment,
  type GuardedText,
  type RuleSet,
  type SegmentPlace,
} from './guarded-text.ts';
import { JsonLexer, type JsonPiece } from './json-lexer.ts';
import type { ActiveRule } from './merge-hits.ts';
import { wholeTokens } from './whole-tokens.ts';

/** Punctuation between strings: nothing to be found, and there is much of it. */
const STRUCTURE = /^[\s,:[\]{}"]+$/;

const inString = (replacement: string): string => JSON.stringify(replacement).slice(1, -1);
const quoted = (replacement: string): string => JSON.stringify(replacement);

/** Rules for JSON text: one set for its strings, one for what stands between them. */
export interface JsonRuleSets {
  readonly string: RuleSet;
  readonly bare: RuleSet;
}

export function jsonRuleSets(rules: RuleSet): JsonRuleSets {
  const whole = (rule: ActiveRule) => ({ ...rule, detector: wholeTokens(rule.detector) });
  return {
    string: rules,
    bare: { enforced: rules.enforced.map(whole), watched: rules.watched.map(whole) },
  };
}

/**
 * JSON text (a tool call's arguments), each string of it judged on its own with its escapes undone.
 * What was valid JSON is valid JSON after redaction.
 */
export class GuardedJson implements GuardedText {
  readonly #rules: JsonRuleSets;
  readonly #location: string;
  readonly #sink: FindingSink;
  readonly #lexer = new JsonLexer();
  #kind: JsonPiece['kind'] = 'bare';
  /** Begun with the first piece that can hold a finding. */
  #segment: GuardedSegment | undefined;
  /** What stands before the segment, over the borders of others: a key is context for its value. */
  #tail = '';
  /** The segment so far. */
  #said = '';
  /** Written characters given to segments so far. */
  #written = 0;
  #blocked = false;

  constructor(rules: JsonRuleSets, location: string, sink: FindingSink) {
    this.#rules = rules;
    this.#location = location;
    this.#sink = sink;
  }

  get holding(): boolean {
    return this.#segment?.holding === true || this.#lexer.midEscape;
  }

  get blocked(): boolean {
    return this.#blocked;
  }

  push(text: string): string {
    let out = '';
    for (const piece of this.#lexer.push(text)) out += this.#take(piece);
    this.#tail = this.#tail.slice(-CONTEXT);
    return out + this.#advance(false);
  }

  flush(last = ''): string {
    const begun = last === '' ? '' : this.push(last);
    const out = this.#take(this.#lexer.end());
    return begun + out + this.#advance(true);
  }

  #take(piece: JsonPiece): string {
    let out = '';
    if (piece.kind !== this.#kind) {
      out = this.#advance(true);
      this.#tail = (this.#tail + this.#said).slice(-CONTEXT);
      this.#said = '';
      this.#kind = piece.kind;
      this.#segment = undefined;
    }
    if (this.#segment === undefined && piece.kind === 'bare' && STRUCTURE.test(piece.raw)) {
      this.#tail += piece.view;
      out += piece.raw;
    } else {
      this.#segment ??= this.#startSegment();
      this.#segment.append(piece.view, piece.raw);
      this.#said += piece.view;
    }
    this.#written += piece.raw.length;
    return out;
  }

  #advance(final: boolean): string {
    const out = this.#segment?.advance(final) ?? '';
    this.#blocked ||= this.#segment?.blocked === true;
    return out;
  }

  #startSegment(): GuardedSegment {
    const place: SegmentPlace = {
      location: this.#location,
      offset: this.#written,
      sink: this.#sink,
      write: this.#kind === 'string' ? inString : quoted,
      context: this.#tail.slice(-CONTEXT),
    };
    return new GuardedSegment(this.#rules[this.#kind], place);
  }
}
