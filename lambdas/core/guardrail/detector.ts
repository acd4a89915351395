/** Where a detector found something: UTF-16 offsets, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** Its end has not come yet: everything up to the end of the text, and what follows, belongs to it. */
  readonly open?: true;
}

/**
 * Finds one kind of thing in a text.
 *
 * A detector is local, so that a stream can be judged through a window: whether a span is a finding
 * depends on the span, on `CONTEXT` characters before it and, until `holdFrom` lets go of it, on
 * what comes next. It reports every candidate, also those that overlap. Time is linear in the text.
 */
export interface Detector {
  /** `payment-card`: policies name it, and findings are replaced by `[PAYMENT_CARD]`. */
  readonly name: string;
  /** As `POST /v1/moderations` calls it: `pii/payment-card`. */
  readonly category: string;
  /** The findings that start at `from` or later; what stands before `from` is context. */
  detect(text: string, from?: number): readonly Span[];
  /**
   * The start of the earliest suffix of `text` that more text could turn into a finding, or a
   * longer, shorter or other one; the text's length when there is none. At most `MAX_HOLD`
   * characters before the end of the text.
   */
  holdFrom(text: string, from?: number): number;
  /**
   * Where the open span ends that began before `text`, or undefined when it goes on. Only
   * detectors that report open spans have it.
   */
  endOfOpen?(text: string): number | undefined;
}

/** The most a stream keeps back for what is not yet certain, in UTF-16 units. */
export const MAX_HOLD = 128;

/** How far a detector may look back, in UTF-16 units. */
export const CONTEXT = 128;

/** What stands in for a finding: `[EMAIL]`. */
export const replacementOf = (detector: Detector): string =>
  `[${detector.name.toUpperCase().replaceAll('-', '_')}]`;
