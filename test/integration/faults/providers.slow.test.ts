import { expect, it } from 'vitest';
import { describeRow, rowIn } from '../../support/describe-row.ts';
import { throwsException } from '../../support/fake-bedrock.ts';
import { refuses } from '../../support/fake-openai.ts';
import type { Fault } from '../../support/fault-proxy.ts';
import {
  answerInstead,
  bedrockThrottle,
  hang,
  refuse,
  tooManyRequests,
} from '../../support/faults.ts';
import { TestClock } from '../../support/test-clock.ts';
import { faultRows } from './rows.ts';

const brokenDown: Fault = answerInstead(500, { error: { message: 'out of memory' } });

describeRow(rowIn(faultRows, 'F19'), ({ start, expectAnswer, expectUnnoticed }) => {
  const throttles = [
    { provider: 'bedrock', what: 'ThrottlingException', fault: bedrockThrottle },
    { provider: 'bedrock', what: 'ServiceQuotaExceededException', fault: bedrockThrottle },
    {
      provider: 'first',
      what: '429',
      fault: (_: string, headers = {}) => tooManyRequests(headers),
    },
  ] as const;

  it.each(throttles)('$provider $what: the fallback serves', async ({ provider, what, fault }) => {
    const bench = await start();
    bench[provider].arm(fault(what as never));
    const model = provider === 'first' ? 'chat-fallback' : 'bedrock-fallback';

    const answers = [];
    for (let request = 0; request < 6; request += 1) {
      answers.push(await bench.ask({ model, stream: request % 2 === 1 }));
    }

    await bench.settled();
    for (const answer of answers) expectUnnoticed(answer);
    expect(answers[0]?.headers.get('x-ballast-model')).toBe('second/m');
    expect(bench.metrics.values('Fallbacks').filter((value) => value > 0)).toHaveLength(6);
    expect(bench.metrics.values('CircuitOpened')).toEqual([]);
  });

  it.each(throttles)('$provider $what with retry-after: passed on', async (throttle) => {
    const { provider, what, fault } = throttle;
    const bench = await start();
    bench[provider].arm(fault(what as never, { 'retry-after': '7' }));

    const answer = await bench.ask({ model: provider === 'first' ? 'chat' : 'bedrock' });

    expectAnswer(answer);
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(bench.modelCalls()).toHaveLength(1);
    expect(await bench.usedTokens()).toBe(0);
  });

  it.each(throttles)('$provider $what without: tried once more', async (throttle) => {
    const { provider, what, fault } = throttle;
    const bench = await start({ route: { maxAttempts: 2 } });
    bench[provider].arm(fault(what as never), { times: 1 });

    const answer = await bench.ask({ model: provider === 'first' ? 'chat' : 'bedrock' });

    expectUnnoticed(answer);
    expect((await bench.lastRecord())?.completion?.attempts).toMatchObject([
      { outcome: 'provider_throttled' },
      { outcome: 'completed' },
    ]);
    // The first choice has served, if late.
    expect(bench.metrics.values('Fallbacks')).toEqual([]);
  });
});

describeRow(rowIn(faultRows, 'F20'), ({ start, expectAnswer, expectUnnoticed }) => {
  it('opens the circuit, probes with one request, and recovers by itself', async () => {
    const clock = new TestClock();
    const bench = await start({ clock, route: { maxAttempts: 1 } });
    bench.first.arm(brokenDown);

    for (let request = 0; request < 5; request += 1) {
      expectAnswer(await bench.ask(), 'provider_unavailable');
    }
    const refused = await bench.ask();

    expectAnswer(refused, 'circuit_open');
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(bench.modelCalls()).toHaveLength(5);
    expect(bench.metrics.values('CircuitOpened')).not.toEqual([]);

    bench.first.heal();
    let speak: () => void = () => {};
    const spoken = new Promise<void>((resolve) => {
      speak = resolve;
    });
    bench.first.arm(async (exchange) => {
      await spoken;
      await exchange.pass();
    });
    await clock.advance(10_000);
    const probe = bench.ask();
    await expect.poll(() => bench.modelCalls().length).toBe(6);
    for (let request = 0; request < 5; request += 1) {
      expectAnswer(await bench.ask(), 'circuit_open');
    }
    expect(bench.modelCalls()).toHaveLength(6);

    speak();
    expectUnnoticed(await probe);
    bench.first.heal();
    expectUnnoticed(await bench.ask());
  });

  it('loses no request where a fallback is well', async () => {
    const bench = await start();
    bench.first.arm(brokenDown);

    for (let request = 0; request < 12; request += 1) {
      expectUnnoticed(await bench.ask({ model: 'chat-fallback', stream: request % 2 === 1 }));
    }

    expect(bench.first.exchanges).toHaveLength(5);
    expect(bench.second.exchanges).toHaveLength(12);
  });
});

describeRow(rowIn(faultRows, 'F28'), ({ start, expectAnswer }) => {
  it.each([
    [
      'chat-fallback',
      refuses(400, { message: 'maximum context length is 8192', code: 'context_length_exceeded' }),
    ],
    [
      'bedrock-fallback',
      throwsException('ValidationException', 400, 'Input is too long for requested model.'),
    ],
  ])('%s: the caller is told, and nobody else asked', async (model, behaviour) => {
    const bench = await start();
    bench.firstServer.behave(behaviour);
    bench.bedrockServer.behave(behaviour);

    const answer = await bench.ask({ model });

    expectAnswer(answer);
    expect(JSON.parse(answer.text).error.param).toBe('messages');
    expect(bench.second.exchanges).toEqual([]);
    expect(await bench.usedTokens()).toBe(0);
  });
});

describeRow(rowIn(faultRows, 'D09'), ({ start, expectAnswer }) => {
  const troubles: readonly (readonly [string, Fault, string])[] = [
    ['refuses the connection', refuse, 'provider_unavailable'],
    ['answers 500', answerInstead(500, { message: 'internal' }), 'provider_unavailable'],
    ['says nothing', hang, 'provider_timeout'],
  ];
  const route = { firstByteTimeoutMs: 300, answerTimeoutMs: 300 };

  it.each(troubles)('%s: the fallback serves, streamed and not', async (_what, fault) => {
    const bench = await start({ route });
    bench.bedrock.arm(fault);

    for (const stream of [false, true]) {
      const answer = await bench.ask({ model: 'bedrock-fallback', stream });

      expectAnswer(answer);
      expect(answer.headers.get('x-ballast-model')).toBe('second/m');
      expect((await bench.lastRecord())?.completion?.attempts).toMatchObject([
        { target: 'bedrock/m', outcome: expect.stringMatching(/^provider_/) },
        { target: 'second/m', outcome: 'completed' },
      ]);
    }
  });

  it.each(troubles)('%s and there is no other: refused', async (_what, fault, code) => {
    const bench = await start({ route: { ...route, maxAttempts: 1 } });
    bench.bedrock.arm(fault);

    for (const stream of [false, true]) {
      expectAnswer(await bench.ask({ model: 'bedrock', stream }), code);
    }
  });
});
