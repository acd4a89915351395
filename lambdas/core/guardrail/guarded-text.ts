import { replacementOf } from './detector.ts';
import type { Finding } from './finding.ts';
import { type Cut, HoldBack } from './hold-back.ts';
import type { ActiveRule } from './merge-hits.ts';
import { OffsetMap } from './offset-map.ts';

/** The rules of one direction: those that change or stop a text, and those that only report. */
export interface RuleSet {
  readonly enforced: readonly ActiveRule[];
  readonly watched: readonly ActiveRule[];
}

/** Takes findings as they are made, and again (the same object's place) when one grows. */
export interface FindingSink {
  add(finding: Finding): number;
  /** `place` is what `add` returned. */
  grow(place: number, end: number): void;
}

/** A text under judgement, piece by piece. */
export interface GuardedText {
  /** What may go out of everything pushed so far and not let go before. */
  push(text: string): string;
  /** The rest, when the text ends with `last`. More may still be pushed: it was only a pause. */
  flush(last?: string): string;
  /** Is anything kept back? */
  readonly holding: boolean;
  /** A finding under `block`: what `push` and `flush` give must not go out. */
  readonly blocked: boolean;
}

export interface SegmentPlace {
  readonly location: string;
  /** Where the segment begins in the text that `location` names. */
  readonly offset: number;
  readonly sink: FindingSink;
  /** How a replacement is written here, given `[EMAIL]`. */
  readonly write: (replacement: string) => string;
  /** What stands before, for the detectors; not judged. */
  readonly context?: string;
}

/** One stretch of text that is judged on its own: a whole plain text, or one string in JSON. */
export class GuardedSegment {
  readonly #place: SegmentPlace;
  readonly #enforcer: HoldBack | undefined;
  readonly #watcher: HoldBack | undefined;
  readonly #offsets = new OffsetMap();
  /** Written text not yet let go, and where it begins in the segment. */
  #raw = '';
  #rawBase = 0;
  #lastFinding = { enforced: -1, watched: -1 };
  #blocked = false;

  constructor(rules: RuleSet, place: SegmentPlace) {
    this.#place = place;
    const { enforced, watched } = rules;
    this.#enforcer = enforced.length > 0 ? new HoldBack(enforced, place.context) : undefined;
    this.#watcher = watched.length > 0 ? new HoldBack(watched, place.context) : undefined;
  }

  get blocked(): boolean {
    return this.#blocked;
  }

  get holding(): boolean {
    return this.#raw.length > 0;
  }

  /** Adds a piece: how detectors read it, and how it was written. */
  append(view: string, raw: string): void {
    this.#offsets.append(view.length, raw.length);
    this.#enforcer?.append(view);
    this.#watcher?.append(view);
    this.#raw += raw;
  }

  /** Judges, and gives what may go out; `final` when the segment ends here. */
  advance(final: boolean): string {
    for (const cut of this.#watcher?.advance(final) ?? []) this.#report('watched', cut);
    if (this.#enforcer === undefined) return this.#takeRawUntil(this.#rawBase + this.#raw.length);
    let out = '';
    for (const cut of this.#enforcer.advance(final)) {
      out += this.#takeRawUntil(this.#offsets.toRaw(cut.start));
      this.#takeRawUntil(this.#offsets.toRaw(cut.end));
      if (!cut.grows) out += this.#place.write(replacementOf(cut.rule.detector));
      this.#blocked ||= cut.rule.action === 'block';
      this.#report('enforced', cut);
    }
    out += this.#takeRawUntil(this.#offsets.toRaw(this.#enforcer.settled));
    this.#offsets.forgetBefore(
      Math.min(this.#enforcer.settled, this.#watcher?.settled ?? Number.POSITIVE_INFINITY),
    );
    return out;
  }

  #report(track: 'enforced' | 'watched', cut: Cut): void {
    const { sink, location, offset } = this.#place;
    const end = offset + this.#offsets.toRaw(cut.end);
    if (cut.grows) {
      sink.grow(this.#lastFinding[track], end);
      return;
    }
    this.#lastFinding[track] = sink.add({
      detector: cut.rule.detector.name,
      action: cut.rule.action,
      location,
      start: offset + this.#offsets.toRaw(cut.start),
      end,
    });
  }

  #takeRawUntil(rawOffset: number): string {
    const taken = this.#raw.slice(0, rawOffset - this.#rawBase);
    this.#raw = this.#raw.slice(taken.length);
    this.#rawBase += taken.length;
    return taken;
  }
}
