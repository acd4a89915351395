import { describe, expect, it } from 'vitest';
import { readStamps, writeStamp } from '../../bench/load/stamp.ts';
import { StreamTally } from '../../bench/load/stream-tally.ts';

const ASKED_US = 1_000_000;

/** A frame as gateways send it, with these words in its text. */
const frame = (...words: readonly string[]): string =>
  `data: {"choices":[{"delta":{"content":"${words.join(' ')}"}}]}\n\n`;

const first = (chunk: number, sentUs = ASKED_US): string =>
  writeStamp({ place: 'first', chunk, sentUs });
const last = (chunk: number, sentUs = ASKED_US): string =>
  writeStamp({ place: 'last', chunk, sentUs });
const chunk = (index: number, sentUs = ASKED_US): string =>
  frame(first(index, sentUs), 'the crew', last(index, sentUs));

const ROLE = 'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n';
const DONE = 'data: [DONE]\n\n';

function tallied(chunks: number, pieces: readonly string[], nowUs = ASKED_US + 2_000) {
  const tally = new StreamTally(chunks, ASKED_US);
  for (const piece of pieces) tally.push(piece, nowUs);
  return tally.end();
}

describe('a stamp', () => {
  it('is read back out of a text, in letters alone', () => {
    const stamp = { place: 'last', chunk: 255, sentUs: 281_474_976_710_655 } as const;

    expect(writeStamp(stamp)).toMatch(/^[a-z]+$/);
    expect(readStamps(`so ${first(3, 17)} and ${writeStamp(stamp)}.`)).toEqual([
      { place: 'first', chunk: 3, sentUs: 17 },
      stamp,
    ]);
  });
});

describe('the tally of a stream', () => {
  it('measures each word from its sending, and the first text from the request', () => {
    const figures = tallied(2, [ROLE, chunk(0, ASKED_US + 500), chunk(1, ASKED_US + 1_500), DONE]);

    expect(figures).toEqual({
      firstTextMs: 2,
      firstWordMs: [1.5, 0.5],
      lastWordMs: [1.5, 0.5],
      lost: 0,
      merged: 0,
      frames: 2,
      pieces: 2,
    });
  });

  it('finds frames however they are cut, and counts the pieces that end one', () => {
    const whole = `${ROLE}${chunk(0)}${chunk(1)}${DONE}`;

    expect(tallied(2, [whole])).toMatchObject({ lost: 0, frames: 2, pieces: 1 });
    expect(tallied(2, [...whole])).toMatchObject({ lost: 0, frames: 2, pieces: 2 });
  });

  it('does not take a word that comes with the next chunk for a merged frame', () => {
    const heldBack = [frame(first(0)), frame(last(0), first(1)), frame(last(1)), DONE];

    expect(tallied(2, heldBack)).toMatchObject({ lost: 0, merged: 0, frames: 3 });
  });

  it('counts a frame that begins two chunks, and every word that never came', () => {
    const merged = [frame(first(0), last(0), first(1), last(1)), DONE];

    expect(tallied(2, merged)).toMatchObject({ lost: 0, merged: 1, frames: 1 });
    expect(tallied(3, [chunk(0), frame(first(2)), DONE])).toMatchObject({ lost: 3, merged: 0 });
  });

  it('refuses a stream that breaks off, or says something twice or out of turn', () => {
    expect(() => tallied(1, [chunk(0)])).toThrow('without [DONE]');
    expect(() => tallied(2, [chunk(1), chunk(0), DONE])).toThrow('chunk 0 came after chunk 1');
    expect(() => tallied(1, [chunk(0), chunk(0), DONE])).toThrow('chunk 0 came after chunk 0');
  });
});
