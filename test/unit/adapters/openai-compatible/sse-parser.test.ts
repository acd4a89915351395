import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SseEvent, SseParser } from '#adapters/openai-compatible/sse-parser.ts';

function parse(pieces: readonly string[]): SseEvent[] {
  const parser = new SseParser();
  return pieces.flatMap((piece) => [...parser.push(piece)]);
}

/** Cuts a text at the given places. */
function cut<T extends string | Uint8Array>(whole: T, places: readonly number[]): T[] {
  const sorted = [...new Set(places.map((place) => place % (whole.length + 1)))].sort(
    (left, right) => left - right,
  );
  return [0, ...sorted].map((start, index) => whole.slice(start, sorted[index]) as T);
}

const lineBreak = fc.constantFrom('\n', '\r\n', '\r');
const dataLine = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''));
const event = fc.record({
  name: fc.constantFrom('', 'error', 'message'),
  lines: fc.array(dataLine, { minLength: 1, maxLength: 4 }),
  comment: fc.option(dataLine),
  lineBreak,
});

describe('SseParser', () => {
  it('reads the same events however the bytes are cut, characters and line breaks included', () => {
    fc.assert(
      fc.property(fc.array(event), fc.array(fc.nat()), (events, places) => {
        const wire = events
          .map(({ name, lines, comment, lineBreak: end }) =>
            [
              ...(comment === null ? [] : [`:${comment}`]),
              ...(name === '' ? [] : [`event: ${name}`]),
              ...lines.map((line) => `data: ${line}`),
              '',
              '',
            ].join(end),
          )
          .join('');
        const decoder = new TextDecoder();
        const pieces = cut(Buffer.from(wire), places).map((bytes) =>
          decoder.decode(bytes, { stream: true }),
        );

        expect(parse(pieces)).toEqual(
          events.map(({ name, lines }) => ({ event: name, data: lines.join('\n') })),
        );
      }),
    );
  });

  it('takes a CR at the end of a piece and an LF at the start of the next for one break', () => {
    expect(parse(['data: a\r', '\n', '\r', '\ndata: b\r\n\r\n'])).toEqual([
      { event: '', data: 'a' },
      { event: '', data: 'b' },
    ]);
  });

  it('strips one blank after the colon and no more', () => {
    expect(parse(['data:  a\ndata:b\ndata\n\n'])).toEqual([{ event: '', data: ' a\nb\n' }]);
  });

  it('ignores comments, unknown fields, and events without data', () => {
    expect(parse([': ping\n\nid: 7\nretry: 10\n\nevent: x\n\ndata: a\n\n'])).toEqual([
      { event: '', data: 'a' },
    ]);
  });

  it('drops an event that never ended', () => {
    expect(parse(['data: a\n\ndata: half'])).toEqual([{ event: '', data: 'a' }]);
  });

  it('knows how much it holds, comments left out', () => {
    const parser = new SseParser();

    parser.push(`: ${'x'.repeat(100)}\ndata: 1234`);

    expect(parser.heldLength).toBe('data: 1234'.length);
  });

  it('reads a long line in tiny pieces in linear time', () => {
    const parser = new SseParser();
    let events = 0;
    // Quadratic time would take minutes, and the test would be cut off.
    for (let piece = 0; piece < 500_000; piece += 1) events += parser.push('data').length;

    events += parser.push('\n\n').length;

    expect([events, parser.heldLength]).toEqual([0, 0]);
  });
});
