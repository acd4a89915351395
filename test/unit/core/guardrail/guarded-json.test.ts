import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANNOUNCED_SECRET, ENTITIES, finish, guardThat, heard, pushAll } from './guarding.ts';

const guard = guardThat('redact');

function streamed(args: string, cuts: readonly number[] = []) {
  const points = [0, ...[...cuts].sort((a, b) => a - b), args.length];
  const stream = guard.stream();
  const events = points.slice(1).map((end, index) => ({
    type: 'tool-call' as const,
    choice: 0,
    index: 0,
    ...(index === 0 ? { id: 'call', name: 'f' } : {}),
    arguments: args.slice(points[index], end),
  }));
  const out = pushAll(stream, [...events, finish()]);
  return { out: heard(out)['0 tool 0'] ?? '', findings: stream.assessment.findings };
}

describe('tool-call arguments', () => {
  it.each([
    ['a string', '{"a":"x maria@a.nl y"}', '{"a":"x [EMAIL] y"}'],
    ['an object key', '{"maria@a.nl":1}', '{"[EMAIL]":1}'],
    ['a bare number', '{"card":4111111111111111}', '{"card":"[PAYMENT_CARD]"}'],
    ['a number with a fraction', '[4111111111111111.0, 1]', '["[PAYMENT_CARD]", 1]'],
    ['a negative number', '[-4111111111111111]', '["[PAYMENT_CARD]"]'],
    ['an escaped at', '{"a":"maria\\u0040a.nl"}', '{"a":"[EMAIL]"}'],
    ['escaped letters', '["\\u006daria@\\u0061.n\\u006C"]', '["[EMAIL]"]'],
    ['an escaped slash before it', '["x\\/maria@a.nl\\n"]', '["x\\/[EMAIL]\\n"]'],
    [
      'a secret announced by its key',
      `{"aws_secret_access_key": "${ANNOUNCED_SECRET.text}"}`,
      '{"aws_secret_access_key": "[AWS_KEY]"}',
    ],
    [
      'a key without an end',
      '{"k":"-----BEGIN PRIVATE KEY-----\\nMII","b":2}',
      '{"k":"[PRIVATE_KEY]","b":2}',
    ],
    [
      'a key with escaped line breaks',
      `{"k":${JSON.stringify(ENTITIES.privateKey.text)},"b":2}`,
      '{"k":"[PRIVATE_KEY]","b":2}',
    ],
    [
      'two keys, the first without an end',
      '["-----BEGIN PRIVATE KEY-----\\nA","-----BEGIN PRIVATE KEY-----\\nB"]',
      '["[PRIVATE_KEY]","[PRIVATE_KEY]"]',
    ],
  ])('are redacted and stay JSON: %s', (_, args, expected) => {
    for (let point = 0; point <= args.length; point += 1) {
      const { out } = streamed(args, [point]);

      expect(out).toBe(expected);
      expect(() => JSON.parse(out)).not.toThrow();
    }
  });

  it('give offsets into the arguments as they were written', () => {
    const args = '{"a":"\\u00e9 maria\\u0040a.nl","b":4111111111111111}';

    const { findings } = streamed(args, [9, 20, 21]);

    expect(findings.map(({ start, end }) => args.slice(start, end))).toEqual([
      'maria\\u0040a.nl',
      '4111111111111111',
    ]);
  });

  it.each(Object.entries(ENTITIES))('hide %s wherever they are cut in three', (_, entity) => {
    const args = JSON.stringify({ note: `see ${entity.text}, thanks`, n: 1 });
    const point = fc.nat(args.length);
    fc.assert(
      fc.property(point, point, (first, second) => {
        expect(JSON.parse(streamed(args, [first, second]).out)).toEqual({
          note: `see ${entity.redacted}, thanks`,
          n: 1,
        });
      }),
    );
  });

  it('are JSON after redaction if they were before, and untouched when clean', () => {
    const leaf = fc.oneof(
      fc.constantFrom(
        ...Object.values(ENTITIES).map(({ text }) => text),
        4111111111111111,
        5,
        null,
      ),
      fc.string({ unit: 'binary' }),
    );
    const cuts = fc.array(fc.nat(300), { maxLength: 12 });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.array(leaf)), cuts, (value, points) => {
        const args = JSON.stringify(value);

        const { out, findings } = streamed(
          args,
          points.filter((point) => point < args.length),
        );

        expect(() => JSON.parse(out)).not.toThrow();
        if (findings.length === 0) expect(out).toBe(args);
        else expect(out).not.toBe(args);
      }),
      { numRuns: 300 },
    );
  });

  it('that are no JSON pass unaltered', () => {
    for (const args of [
      '{"a": "bro',
      '{"a":"\\u00',
      '\\',
      '"\\x \\u12g4 \\u"',
      'plain "text',
      '',
    ]) {
      for (let point = 0; point <= args.length; point += 1) {
        expect(streamed(args, [point])).toEqual({ out: args, findings: [] });
      }
    }
  });

  it('are not delayed beyond the string that may still become a finding', () => {
    const stream = guard.stream();
    const event = {
      type: 'tool-call',
      choice: 0,
      index: 0,
      id: 'c',
      name: 'f',
      arguments: '{"city":"Paris"',
    } as const;

    expect(stream.push(event)).toEqual([event]);
  });
});
