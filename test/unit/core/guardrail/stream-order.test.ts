import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '#core/chat/chat-event.ts';
import { Failure } from '#core/failures/failure.ts';
import { type Detector, MAX_HOLD } from '#core/guardrail/detector.ts';
import { content, ENTITIES, finish, guardThat, heard, pushAll } from './guarding.ts';

const call = (index: number, args: string, choice = 0): ChatEvent => ({
  type: 'tool-call',
  choice,
  index,
  id: `call_${index}`,
  name: 'look_up',
  arguments: args,
});

const more = (index: number, args: string): ChatEvent => ({
  type: 'tool-call',
  choice: 0,
  index,
  arguments: args,
});

describe('the order within a choice', () => {
  it('keeps held content before the finish of its choice, and lets other choices pass', () => {
    const stream = guardThat('redact').stream();

    expect(stream.push(content('ask maria'))).toEqual([content('ask ')]);
    expect(stream.push(content('Fine. ', 1))).toEqual([content('Fine. ', 1)]);
    expect(stream.push(finish())).toEqual([content('maria'), finish()]);
  });

  it('keeps a tool call behind content that is not settled', () => {
    const stream = guardThat('redact').stream();

    const held = pushAll(stream, [content('look up maria'), call(0, '{"q":1}')]);
    const rest = stream.push(finish());

    expect(held).toEqual([content('look up ')]);
    expect(rest).toEqual([content('maria'), call(0, '{"q":1}'), finish()]);
  });

  it('flushes the content once a tool call has waited for long', () => {
    const stream = guardThat('redact').stream();
    const args = `{"q":"${'word, '.repeat(30)}"}`;

    const out = pushAll(stream, [content('look up maria'), call(0, args)]);

    expect(out).toEqual([content('look up '), content('maria'), call(0, args)]);
  });

  it('is not fooled by a tool call in the middle of an entity', () => {
    const { text, redacted } = ENTITIES.email;
    for (let point = 1; point < text.length; point += 1) {
      const out = pushAll(guardThat('redact').stream(), [
        content(text.slice(0, point)),
        call(0, `{"to":"${text.slice(0, point)}`),
        content(text.slice(point)),
        more(0, `${text.slice(point)}"}`),
        finish(),
      ]);

      expect(heard(out)).toEqual({
        '0 content': redacted,
        '0 tool 0': `{"to":"${redacted}"}`,
        '0 finish': 'stop',
      });
    }
  });

  it('redacts what is left of an entity whose beginning had to go', () => {
    const stream = guardThat('redact').stream();
    const out = pushAll(stream, [
      content('maria@kliniek'),
      call(0, `{"q":"${'word, '.repeat(30)}"}`),
      content('-west.nl now'),
      finish(),
    ]);

    expect(heard(out)['0 content']).toBe('maria@kliniek[EMAIL] now');
    expect(stream.assessment.findings).toMatchObject([{ detector: 'email', end: 21 }]);
  });

  it('keeps the tool calls of a choice in order, each with its own window', () => {
    const stream = guardThat('redact').stream();
    const out = pushAll(stream, [
      call(0, '{"to":"maria.tan'),
      call(1, '{"to":"'),
      more(1, 'kofi@proton.me"}'),
      more(0, 'aka@kliniek-west.nl"}'),
      finish(),
    ]);

    expect(heard(out)).toMatchObject({
      '0 tool 0': '{"to":"[EMAIL]"}',
      '0 tool 1': '{"to":"[EMAIL]"}',
    });
    expect(out.map((event) => (event.type === 'tool-call' ? event.index : event.type))).toEqual([
      0,
      0,
      1,
      1,
      'finish',
    ]);
  });

  it('flushes before a failure, and passes usage at once', () => {
    const stream = guardThat('redact').stream();
    const failure: ChatEvent = {
      type: 'failure',
      failure: new Failure('stream_truncated', 'the stream broke off'),
    };

    expect(pushAll(stream, [content('maria'), failure])).toEqual([content('maria'), failure]);
  });
});

describe('a block', () => {
  it('finishes its choice with content_filter and lets nothing more of it out', () => {
    const stream = guardThat('block').stream();

    const before = pushAll(stream, [content('Write to '), content('maria@kliniek-west.nl')]);
    const blocked = pushAll(stream, [content(' now'), content(' or never '), finish()]);
    const other = pushAll(stream, [content('Fine. ', 1), finish(1)]);

    expect(before).toEqual([content('Write to ')]);
    expect(blocked).toEqual([{ type: 'finish', choice: 0, reason: 'content_filter' }]);
    expect(other).toEqual([content('Fine. ', 1), finish(1)]);
    expect(stream.end()).toEqual([]);
    expect(stream.assessment.verdict).toBe('block');
  });

  it('comes as soon as a private key begins', () => {
    const stream = guardThat('block').stream();

    const out = pushAll(stream, [content('So: -----BEGIN PRIVATE KEY-----\nMII')]);

    expect(out).toEqual([{ type: 'finish', choice: 0, reason: 'content_filter' }]);
  });

  it('discards a tool call that waited behind it', () => {
    const stream = guardThat('block').stream();

    const out = pushAll(stream, [content('maria@a.nl'), call(0, '{"q":1}'), finish()]);

    expect(out).toEqual([{ type: 'finish', choice: 0, reason: 'content_filter' }]);
  });
});

describe('a flag', () => {
  it('delays nothing and changes nothing', () => {
    const stream = guardThat('flag').stream();
    const events = [...'to maria@a.nl'].map((character) => content(character));

    const out = events.map((event) => stream.push(event));
    stream.end();

    expect(out).toEqual(events.map((event) => [event]));
    expect(stream.assessment).toMatchObject({
      verdict: 'flag',
      findings: [{ detector: 'email', location: 'choices[0].content', start: 3, end: 13 }],
    });
  });
});

describe('a detector that misbehaves', () => {
  const detectorThat = (behaviour: Partial<Detector>) => {
    const detector = {
      name: 'odd',
      category: 'test/odd',
      detect: () => [],
      holdFrom: (text: string) => text.length,
      ...behaviour,
    };
    return new Map([['odd', detector]]);
  };

  it('lets nothing out in the push in which it throws', () => {
    const detectors = detectorThat({
      detect(text) {
        if (text.includes('boom')) throw new Error('defect');
        return [];
      },
    });
    const guard = guardThat('redact', detectors);
    const stream = guard.stream();

    expect(stream.push(content('safe '))).toEqual([content('safe ')]);
    expect(() => stream.push(content('some boom '))).toThrow('defect');
    expect(() =>
      guard.input({ model: 'm', messages: [{ role: 'user', content: 'boom' }] }),
    ).toThrow('defect');
  });

  it('cannot keep back more than the bound', () => {
    const stream = guardThat('redact', detectorThat({ holdFrom: () => 0 })).stream();

    const out = pushAll(stream, [content('x'.repeat(1000))]);

    expect(heard(out)['0 content']).toHaveLength(1000 - MAX_HOLD);
  });
});
