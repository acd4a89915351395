export interface SseEvent {
  /** Empty unless the server named it. */
  readonly event: string;
  /** Data lines joined by a line break. */
  readonly data: string;
}

/**
 * Reads server-sent events from text that arrives in any pieces, in time linear to its length.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class SseParser {
  readonly #lineBreak = /\r\n|[\r\n]/g;
  /** Pieces of the line that has not ended yet; joined once, so that tiny chunks stay cheap. */
  #line: string[] = [];
  #data: string[] = [];
  #event = '';
  #afterCr = false;
  #heldLength = 0;

  /** UTF-16 units of the event that has not ended yet. */
  get heldLength(): number {
    return this.#heldLength;
  }

  /** The events that end in this piece. */
  push(text: string): readonly SseEvent[] {
    if (text === '') return [];
    const events: SseEvent[] = [];
    // A line break may itself be split: a CR ended the line, an LF right after it adds nothing.
    let start = this.#afterCr && text.startsWith('\n') ? 1 : 0;
    this.#afterCr = text.endsWith('\r');
    this.#lineBreak.lastIndex = start;
    for (
      let found = this.#lineBreak.exec(text);
      found !== null;
      found = this.#lineBreak.exec(text)
    ) {
      this.#hold(text.slice(start, found.index));
      start = found.index + found[0].length;
      const event = this.#endLine();
      if (event !== undefined) events.push(event);
    }
    this.#hold(text.slice(start));
    return events;
  }

  #hold(piece: string): void {
    if (piece === '') return;
    this.#line.push(piece);
    this.#heldLength += piece.length;
  }

  #endLine(): SseEvent | undefined {
    const line = this.#line.join('');
    this.#line = [];
    if (line === '') return this.#endEvent();
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#event = value;
    // Comments and fields nobody needs are not held on to.
    else this.#heldLength -= line.length;
    return undefined;
  }

  #endEvent(): SseEvent | undefined {
    const event =
      this.#data.length === 0 ? undefined : { event: this.#event, data: this.#data.join('\n') };
    this.#data = [];
    this.#event = '';
    this.#heldLength = 0;
    return event;
  }
}
