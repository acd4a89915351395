import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatEvent, TextEvent } from '#core/chat/chat-event.ts';
import {
  ANNOUNCED_SECRET,
  content,
  ENTITIES,
  finish,
  guardThat,
  heard,
  pushAll,
  redactedWhole,
  runsOf,
} from './guarding.ts';

const guard = guardThat('redact');
const BEFORE = 'According to the record: ';
const AFTER = ' That is all I have.';

type Channel = TextEvent['type'];

const saying = (type: Channel, text: string, choice = 0): TextEvent => ({ type, choice, text });

function cut(text: string, points: readonly number[]): string[] {
  const ordered = [0, ...[...new Set(points)].sort((a, b) => a - b), text.length];
  return ordered.slice(1).map((end, index) => text.slice(ordered[index], end));
}

describe.each(Object.entries(ENTITIES))('a stream with %s', (_, entity) => {
  const text = BEFORE + entity.text + AFTER;

  it.each(['content', 'refusal', 'reasoning'] as const)(
    'is redacted in %s wherever it is cut in two',
    (channel) => {
      for (let point = 0; point <= text.length; point += 1) {
        const pieces = [text.slice(0, point), text.slice(point)];

        const out = pushAll(guard.stream(), [
          ...pieces.map((piece) => saying(channel, piece)),
          finish(),
        ]);

        expect(heard(out)).toEqual({
          [`0 ${channel}`]: BEFORE + entity.redacted + AFTER,
          '0 finish': 'stop',
        });
      }
    },
  );

  it('never lets 8 characters of it out, whatever the cuts and the choices', () => {
    const points = fc.array(fc.nat(text.length), { maxLength: 40 });
    fc.assert(
      fc.property(points, points, fc.infiniteStream(fc.boolean()), (left, right, turns) => {
        const queues = [cut(text, left), cut(text, right)];
        const events: ChatEvent[] = [];
        while (queues[0]?.length || queues[1]?.length) {
          const choice = turns.next().value ? 1 : 0;
          const piece = queues[choice]?.shift();
          if (piece !== undefined) events.push(content(piece, choice));
        }

        const stream = guard.stream();
        const out = pushAll(stream, [...events, finish(0), finish(1)]);

        const { '0 content': first, '1 content': second } = heard(out);
        expect(first).toBe(BEFORE + entity.redacted + AFTER);
        expect(second).toBe(first);
        for (const run of runsOf(entity.text)) expect(first).not.toContain(run);
        expect(stream.assessment.findings).toMatchObject(
          [0, 1].map(() => ({ start: BEFORE.length, end: BEFORE.length + entity.text.length })),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('is redacted one character at a time, at the very start and at the very end', () => {
    const out = pushAll(guard.stream(), [...[...entity.text].map((c) => content(c)), finish()]);

    expect(heard(out)['0 content']).toBe(entity.redacted);
  });

  it('is redacted when the stream ends without a finish', () => {
    const stream = guard.stream();

    const out = [...pushAll(stream, [content(BEFORE + entity.text)]), ...stream.end()];

    expect(heard(out)['0 content']).toBe(BEFORE + entity.redacted);
  });
});

describe('a stream', () => {
  it('hides a secret that a keyword announces, wherever it is cut', () => {
    const { announcement, text } = ANNOUNCED_SECRET;
    const whole = announcement + text + AFTER;
    for (let point = 0; point <= whole.length; point += 1) {
      const out = pushAll(guard.stream(), [
        content(whole.slice(0, point)),
        content(whole.slice(point)),
        finish(),
      ]);

      expect(heard(out)['0 content']).toBe(`${announcement}[AWS_KEY]${AFTER}`);
    }
  });

  it('says what the whole text would say, for anything made of parts of entities', () => {
    const parts = fc.constantFrom(
      ...Object.values(ENTITIES).flatMap(({ text }) => [text, text.slice(0, 9), text.slice(-9)]),
      ' ',
      '-',
      '.',
      '@',
      'a',
      '4',
      '\n',
      'é',
      '😀',
      '\ud83d',
      'x'.repeat(150),
      '1'.repeat(130),
      'aws secret key: ',
      '-----BEGIN PRIVATE KEY-----',
      '-----END PRIVATE KEY-----',
      '://',
    );
    const texts = fc.array(parts, { maxLength: 12 }).map((all) => all.join(''));
    fc.assert(
      fc.property(texts, fc.array(fc.nat(400), { maxLength: 30 }), (text, points) => {
        const pieces = cut(
          text,
          points.filter((point) => point < text.length),
        );

        const out = pushAll(guard.stream(), [...pieces.map((piece) => content(piece)), finish()]);

        expect(heard(out)['0 content'] ?? '').toBe(redactedWhole(guard, text));
      }),
      { numRuns: 500 },
    );
  });

  it('lets plain prose out in the same push', () => {
    const stream = guard.stream();
    for (const piece of ['The quick, ', 'brown fox (in 2024) ', 'jumps over 13 dogs!\n']) {
      const event = content(piece);

      expect(stream.push(event)).toEqual([event]);
    }
  });

  it('passes the very events it has nothing to say about', () => {
    const stream = guard.stream();
    const event = content('Nothing here, ');

    expect(stream.push(event)[0]).toBe(event);
  });

  it.each([
    'family 👨‍👩‍👧‍👦 and flag 🏴󠁧󠁢󠁥󠁮󠁧󠁿 and e\u0301 and ❤️',
    'مرحبا بالعالم، שלום עולם',
    'lone \ud83d high, lone \ude00 low, and the last \ud83d',
    '今日はいい天気ですね。散歩に行きましょう。',
    'C# is >= C++; see a.b.c, 1.2.3-rc.4 and 2024-11-23T10:00:00Z',
  ])('leaves clean text as it is: %s', (text) => {
    for (let point = 0; point <= text.length; point += 1) {
      const stream = guard.stream();
      const out = pushAll(stream, [content(text.slice(0, point)), content(text.slice(point))]);

      expect(heard([...out, ...stream.end()])['0 content']).toBe(text);
      expect(stream.assessment).toEqual({ verdict: 'allow', findings: [] });
    }
  });

  it('never parts a surrogate pair that came in two pieces', () => {
    const out = pushAll(guard.stream(), [content('yes \ud83d'), content('\ude00 ')]);

    expect(out).toEqual([content('yes '), content('😀 ')]);
  });

  it('withholds a private key without an end to the end of the stream', () => {
    const stream = guard.stream();
    const out = pushAll(stream, [
      content('Here: -----BEGIN PRIVATE KEY-----\n'),
      ...Array.from({ length: 500 }, () => content('MIIEvQIBADANBgkq\n')),
      finish(),
    ]);

    expect(heard(out)['0 content']).toBe('Here: [PRIVATE_KEY]');
    expect(stream.assessment.findings).toMatchObject([{ start: 6, end: 34 + 500 * 17 }]);
  });
});
