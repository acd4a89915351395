import { monotonicUs, readStamps, type Stamp } from './stamp.ts';

/** One stream as the client saw it. Times in milliseconds. */
export interface StreamFigures {
  /** From the request to the first text. */
  readonly firstTextMs: number;
  /** From the sending of each chunk until its first word came. */
  readonly firstWordMs: readonly number[];
  /** From the sending of each chunk until its last word came: what a guardrail holds back counts. */
  readonly lastWordMs: readonly number[];
  /** First and last words that never came. */
  readonly lost: number;
  /** Frames that begin more than one chunk. */
  readonly merged: number;
  /** Frames with text. */
  readonly frames: number;
  /** Pieces, as HTTP parted them, that end at least one of those frames. */
  readonly pieces: number;
}

const FRAME_END = '\n\n';
const TEXT = /"content":\s*"[^"]/;

/** Reads one stream, piece by piece. */
export class StreamTally {
  readonly #chunks: number;
  readonly #askedUs: number;
  readonly #firstWordMs: number[] = [];
  readonly #lastWordMs: number[] = [];
  #firstTextUs: number | undefined;
  #last: Stamp | undefined;
  #frames = 0;
  #merged = 0;
  #pieces = 0;
  #unread = '';
  #done = false;

  /** @param chunks how many were sent. */
  constructor(chunks: number, askedUs: number) {
    this.#chunks = chunks;
    this.#askedUs = askedUs;
  }

  /** @throws Error when a chunk comes again or out of turn. */
  push(piece: string, nowUs = monotonicUs()): void {
    const frames = `${this.#unread}${piece}`.split(FRAME_END);
    this.#unread = frames.pop() ?? '';
    const withText = frames.filter((frame) => TEXT.test(frame));
    for (const frame of withText) this.#read(readStamps(frame), nowUs);
    this.#frames += withText.length;
    this.#pieces += withText.length > 0 ? 1 : 0;
    this.#done ||= frames.some((frame) => frame.endsWith('[DONE]'));
  }

  /** @throws Error when the stream broke off. */
  end(): StreamFigures {
    if (!this.#done) throw new Error(`the stream ended without [DONE]: ${this.#unread}`);
    return {
      firstTextMs: ((this.#firstTextUs ?? Number.NaN) - this.#askedUs) / 1_000,
      firstWordMs: this.#firstWordMs,
      lastWordMs: this.#lastWordMs,
      lost: 2 * this.#chunks - this.#firstWordMs.length - this.#lastWordMs.length,
      merged: this.#merged,
      frames: this.#frames,
      pieces: this.#pieces,
    };
  }

  #read(stamps: readonly Stamp[], nowUs: number): void {
    for (const stamp of stamps) {
      if (!follows(stamp, this.#last)) {
        throw new Error(`chunk ${stamp.chunk} came after chunk ${this.#last?.chunk}`);
      }
      this.#last = stamp;
      this.#firstTextUs ??= nowUs;
      const words = stamp.place === 'first' ? this.#firstWordMs : this.#lastWordMs;
      words.push((nowUs - stamp.sentUs) / 1_000);
    }
    if (stamps.filter(({ place }) => place === 'first').length > 1) this.#merged += 1;
  }
}

const follows = (stamp: Stamp, last: Stamp | undefined): boolean =>
  last === undefined ||
  stamp.chunk > last.chunk ||
  (stamp.chunk === last.chunk && stamp.place === 'last' && last.place === 'first');
