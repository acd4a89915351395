import { expect, it } from 'vitest';
import { compileGuard } from '#core/guardrail/compile-guard.ts';
import type { Detector } from '#core/guardrail/detector.ts';
import { builtInDetectors } from '#core/guardrail/detectors/built-in-detectors.ts';
import type { Direction } from '#core/guardrail/policy.ts';
import { bundledPlatform } from '../../../bin/local/bundled.ts';
import { framesIn, saidIn } from '../../support/client-answer.ts';
import { describeRow, rowIn } from '../../support/describe-row.ts';
import { DONE, finishFrame, saysFrame, streams } from '../../support/fake-openai.ts';
import { SECRETS } from '../../support/faulty-platform.ts';
import { faultRows } from './rows.ts';

const { card } = SECRETS;
const EIGHT_DIGITS = /(?:\d[ -]?){8}/;
const user = (content: unknown) => ({ role: 'user', content });

describeRow(rowIn(faultRows, 'F29'), ({ start, expectAnswer }) => {
  it.each([
    ['@', 'a@'],
    ['dots', 'a.'],
    ['digits', '4111 '],
    ['key heads', '-----BEGIN PRIVATE KEY-----'],
    ['IBAN heads', 'DE89 '],
    ['letters', 'a'],
  ])('%s: answered', async (_what, piece) => {
    const bench = await start();

    const answer = await bench.ask({
      rest: { messages: [user(piece.repeat(Math.floor(1_000_000 / piece.length)))] },
    });

    expectAnswer(answer);
    expect(bench.modelCalls()).toHaveLength(1);
  });
});

describeRow(rowIn(faultRows, 'F31'), ({ start, expectAnswer }) => {
  const tool = {
    id: 'c1',
    type: 'function',
    function: { name: 'pay', arguments: `{"card":"${card}"}` },
  };

  it.each([
    ['at the end of 200,000 characters', [user(`${'lorem ipsum '.repeat(16_667)} ${card}`)]],
    ['in the first of two messages', [user(`my card: ${card}`), user('what did I say?')]],
    ['in the system’s', [{ role: 'system', content: `bill ${card}` }, user('hello')]],
    ['in an earlier answer', [{ role: 'assistant', content: `you said ${card}` }, user('yes')]],
    [
      'in a part',
      [
        user([
          { type: 'text', text: 'hello' },
          { type: 'text', text: `pay by ${card}` },
        ]),
      ],
    ],
    ['in JSON within a string', [user(JSON.stringify({ note: JSON.stringify({ card }) }))]],
    [
      'in a tool call and its result',
      [
        user('pay'),
        { role: 'assistant', content: null, tool_calls: [tool] },
        { role: 'tool', tool_call_id: 'c1', content: `paid with ${card}` },
      ],
    ],
  ])('%s: redacted before it is sent', async (_where, messages) => {
    const bench = await start();

    const answer = await bench.ask({ rest: { messages } });

    expectAnswer(answer);
    const sent = bench.first.exchanges[0]?.request.body.toString() ?? '';
    expect(sent).toContain('[PAYMENT_CARD]');
    expect(sent.match(/4111/g)).toBeNull();
    expect((await bench.lastRecord())?.completion?.input?.verdict).toBe('redact');
  });
});

describeRow(rowIn(faultRows, 'F36'), ({ start, expectAnswer }) => {
  const piecesOf = (text: string, size: number): string[] =>
    text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? [];
  const secret = `Sure, the card is ${card} as you asked. Anything else?`;
  const frames = (size: number) => [...piecesOf(secret, size).map((piece) => saysFrame(piece))];
  const argued = (text: string, first = false): string =>
    `data: ${JSON.stringify({
      choices: [
        {
          index: 0,
          delta: {
            tool_calls: [
              {
                index: 0,
                ...(first ? { id: 'c1', type: 'function' } : {}),
                function: { ...(first ? { name: 'pay' } : {}), arguments: text },
              },
            ],
          },
          finish_reason: null,
        },
      ],
    })}\n\n`;

  it.each([
    ...[1, 2, 3, 4, 5, 6].map(
      (size) => [`${size} characters`, [...frames(size), finishFrame()]] as const,
    ),
    [
      'single bytes',
      [
        ...Buffer.from(
          ['ü€😀', secret, 'ü€😀'].map((text) => saysFrame(text)).join('') + finishFrame(),
        ),
      ].map((byte) => Uint8Array.of(byte)),
    ] as const,
    [
      'tool arguments',
      [
        argued('', true),
        ...piecesOf(`{"card":"${card}"}`, 3).map((piece) => argued(piece)),
        finishFrame('tool_calls'),
      ],
    ] as const,
  ])('in %s: redacted', async (_what, pieces) => {
    const bench = await start();
    bench.firstServer.behave(streams([...pieces, DONE]));

    const answer = await bench.ask({ stream: true });

    expectAnswer(answer);
    expect(framesIn(answer).at(-1)).toBe('[DONE]');
    expect(saidIn(answer)).not.toMatch(EIGHT_DIGITS);
    expect(saidIn(answer)).toContain('[PAYMENT_CARD]');
  });

  it('in two choices at once: redacted in both', async () => {
    const bench = await start();
    const both = piecesOf(secret, 2).flatMap((piece) => [saysFrame(piece, 0), saysFrame(piece, 1)]);
    bench.firstServer.behave(
      streams([...both, finishFrame('stop', 0), finishFrame('stop', 1), DONE]),
    );

    const answer = await bench.ask({ stream: true, rest: { n: 2 } });

    expectAnswer(answer);
    expect(saidIn(answer)).not.toMatch(EIGHT_DIGITS);
    expect(saidIn(answer).match(/PAYMENT_CARD/g)).toHaveLength(2);
  });
});

/** A policy whose detector throws once it meets the word. */
function guardThatThrows(word: string, direction: Direction) {
  const [policy] = bundledPlatform().guardrailPolicies;
  if (policy === undefined) throw new Error('there is no policy');
  const brittle: Detector = {
    name: 'brittle',
    category: 'test/brittle',
    detect: (text) => {
      if (text.includes(word)) throw new RangeError('a defect in the detector');
      return [];
    },
    holdFrom: (text) => Math.max(0, text.length - 8),
  };
  return compileGuard({
    policy: {
      ...policy,
      rules: [...policy.rules, { detector: 'brittle', action: 'redact', direction }],
    },
    policyHash: '0',
    detectors: new Map([...builtInDetectors, ['brittle', brittle]]),
  });
}

describeRow(rowIn(faultRows, 'D06'), ({ start, expectAnswer }) => {
  it.each([false, true])('refused, streamed: %s', async (stream) => {
    const bench = await start({ guard: guardThatThrows(SECRETS.prompt, 'input') });

    expectAnswer(await bench.ask({ stream }));

    expect(bench.modelCalls()).toEqual([]);
    expect(await bench.usedTokens()).toBe(0);
    expect((await bench.lastRecord())?.completion?.input?.verdict).toBe('error');
  });
});

describeRow(rowIn(faultRows, 'D08'), ({ start, expectAnswer }) => {
  const texts = ['Once upon a time there was a gate', 'way, and a DEFECT in it', ' for good.'];

  it('in the midst of a stream: told in-band, what was held back stays back', async () => {
    const bench = await start({ guard: guardThatThrows('DEFECT', 'output') });
    bench.firstServer.behave(
      streams([...texts.map((text) => saysFrame(text)), finishFrame(), DONE]),
    );

    const answer = await bench.ask({ stream: true });

    expectAnswer(answer, 'guardrail_unavailable');
    expect(answer.status).toBe(200);
    expect(framesIn(answer)).not.toContain('[DONE]');
    expect(answer.text).not.toContain('gateway');
    expect(answer.text).not.toContain('DEFECT');
    expect((await bench.lastRecord())?.completion).toMatchObject({
      outcome: 'partial',
      failure: 'guardrail_unavailable',
      output: { verdict: 'error' },
    });
    expect(await bench.usedTokens()).toBeGreaterThan(0);
  });

  it('over a whole answer: refused', async () => {
    const bench = await start({ guard: guardThatThrows('Hello', 'output') });

    const answer = await bench.ask();

    expectAnswer(answer, 'guardrail_unavailable');
    expect(answer.status).toBe(503);
    expect(answer.text).not.toContain('Hello');
    expect(await bench.usedTokens()).toBe(29);
  });
});
