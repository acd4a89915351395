/**
 * Leads from a text as detectors see it back to the text as it was written, where the two differ in
 * length (a JSON escape is six characters for one). Offsets are boundaries: 0 is before the first
 * character.
 */
export class OffsetMap {
  #viewEnd = 0;
  #rawEnd = 0;
  /** Boundaries from which on view and raw run in step, ascending. */
  #anchors: { readonly view: number; readonly raw: number }[] = [{ view: 0, raw: 0 }];

  /** The next `viewLength` characters of the view stand for the next `rawLength` written ones. */
  append(viewLength: number, rawLength: number): void {
    this.#viewEnd += viewLength;
    this.#rawEnd += rawLength;
    if (viewLength !== rawLength) this.#anchors.push({ view: this.#viewEnd, raw: this.#rawEnd });
  }

  /** Where a boundary of the view lies in the raw text. */
  toRaw(view: number): number {
    let low = 0;
    let high = this.#anchors.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.#anchors[middle]?.view ?? 0) <= view) low = middle;
      else high = middle;
    }
    const anchor = this.#anchors[low] ?? { view: 0, raw: 0 };
    return anchor.raw + (view - anchor.view);
  }

  /** Forgets what is needed only for boundaries before `view`. */
  forgetBefore(view: number): void {
    const first = this.#anchors.findLastIndex((anchor) => anchor.view <= view);
    if (first > 0) this.#anchors.splice(0, first);
  }
}
