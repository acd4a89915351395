import { CONTEXT, type Detector, MAX_HOLD } from './detector.ts';
import { type ActiveRule, findHits, type Hit, mergeHits } from './merge-hits.ts';

/** A stretch of the text that a finding covers; offsets into the whole text. */
export interface Cut {
  readonly start: number;
  readonly end: number;
  readonly rule: ActiveRule;
  /** It lengthens the cut before: the same finding has grown. */
  readonly grows: boolean;
}

/**
 * Judges one text as it comes, through a window of what is not yet settled and a little context.
 *
 * Offsets count UTF-16 units from the start of the text. Memory is bounded by the context, the
 * hold-back and the piece that came last.
 */
export class HoldBack {
  readonly #rules: readonly ActiveRule[];
  #window: string;
  /** Offset of the window's first character; negative inside the context given at the start. */
  #base: number;
  #settled = 0;
  #cutEnd = -1;
  #open: { readonly detector: Detector; readonly rule: ActiveRule } | undefined;

  /** `context` stands before the text and is not judged. */
  constructor(rules: readonly ActiveRule[], context = '') {
    this.#rules = rules;
    this.#window = context;
    this.#base = -context.length;
  }

  /** Everything before this offset has been decided upon. */
  get settled(): number {
    return this.#settled;
  }

  /** Adds text without judging it yet. */
  append(text: string): void {
    this.#window += text;
  }

  /** Decides what can be decided; `final` when no more text can change anything. */
  advance(final: boolean): readonly Cut[] {
    const cuts: Cut[] = [];
    if (this.#open !== undefined) this.#continueOpen(this.#open, cuts);
    if (this.#open === undefined) this.#judge(final, cuts);
    this.#trim();
    return cuts;
  }

  #judge(final: boolean, cuts: Cut[]): void {
    const from = Math.max(0, -this.#base);
    const hits = mergeHits(findHits(this.#rules, this.#window, from));
    const until = final ? this.#window.length : this.#letGoUntil(hits, from);
    const settled = this.#base + until;
    for (const hit of hits) {
      if (hit.start >= until) break;
      this.#cut(hit, cuts);
    }
    this.#settled = Math.max(this.#settled, settled);
  }

  #cut(hit: Hit, cuts: Cut[]): void {
    const end = this.#base + hit.end;
    if (end <= this.#settled && hit.openedBy === undefined) return;
    const start = Math.max(this.#settled, this.#base + hit.start);
    // After a flush a finding may turn out to have begun before: what is left of it still goes.
    const grows = start > this.#base + hit.start && start === this.#cutEnd;
    cuts.push({ start, end, rule: hit.rule, grows });
    this.#settled = this.#cutEnd = end;
    if (hit.openedBy === undefined) return;
    this.#open = { detector: hit.openedBy, rule: hit.rule };
    this.#dropBefore(start);
  }

  /** Swallows the text of a block that is still open, up to its end if that has come. */
  #continueOpen(open: { detector: Detector; rule: ActiveRule }, cuts: Cut[]): void {
    const closed = open.detector.endOfOpen?.(this.#window);
    const end = this.#base + (closed ?? this.#window.length);
    if (end > this.#settled) {
      cuts.push({ start: this.#settled, end, rule: open.rule, grows: true });
      this.#settled = this.#cutEnd = end;
    }
    if (closed !== undefined) this.#open = undefined;
  }

  /** The index in the window up to which nothing can change any more. */
  #letGoUntil(hits: readonly Hit[], from: number): number {
    const length = this.#window.length;
    const earliest = Math.max(from, length - MAX_HOLD);
    let until = length;
    for (const { detector } of this.#rules) {
      until = Math.min(until, detector.holdFrom(this.#window, from));
    }
    until = Math.max(until, earliest);
    const across = hits.find((hit) => hit.start < until && until < hit.end);
    if (across?.openedBy !== undefined) return length;
    if (across !== undefined) until = across.start < earliest ? across.end : across.start;
    return splitsPair(this.#window, until) ? until - 1 : until;
  }

  #trim(): void {
    this.#dropBefore(this.#settled - CONTEXT);
  }

  #dropBefore(offset: number): void {
    if (offset <= this.#base) return;
    this.#window = this.#window.slice(offset - this.#base);
    this.#base = offset;
  }
}

/** Would a cut here part a surrogate pair, or a high surrogate from what may still follow it? */
function splitsPair(text: string, index: number): boolean {
  const before = index > 0 ? text.charCodeAt(index - 1) : 0;
  if (before < 0xd800 || before > 0xdbff) return false;
  if (index === text.length) return true;
  const after = text.charCodeAt(index);
  return after >= 0xdc00 && after <= 0xdfff;
}
