import { expect, it } from 'vitest';
import { describeRow, rowIn } from '../../support/describe-row.ts';
import { isWrite } from '../../support/dynamodb-requests.ts';
import {
  delay,
  dynamodbThrottle,
  hang,
  keyDisabled,
  loseAnswer,
  refuse,
  wrongShapes,
} from '../../support/faults.ts';
import { TestClock } from '../../support/test-clock.ts';
import { faultRows } from './rows.ts';

/** What one answer of the fake provider bills. */
const ONE_ANSWER = 29;
const ofReserve = { when: isWrite('reserve') };

describeRow(rowIn(faultRows, 'F15'), ({ start, expectAnswer, expectUnnoticed }) => {
  it.each([
    ['throttled', dynamodbThrottle],
    ['3 s late', delay(3_000)],
  ])('%s: refused after one retry', async (_what, fault) => {
    const bench = await start();
    bench.dynamodb.arm(fault, ofReserve);

    const answer = await bench.ask();

    expectAnswer(answer);
    expect(answer.headers.get('x-should-retry')).toBe('true');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(
      bench.dynamodb.exchanges.map(({ request }) => request).filter(ofReserve.when),
    ).toHaveLength(2);
    expect(bench.modelCalls()).toEqual([]);
  });

  it.each(['reserve', 'intent', 'completion', 'settle'] as const)(
    'throttled once at its %s: nobody notices',
    async (write) => {
      const bench = await start();
      bench.dynamodb.arm(dynamodbThrottle, { when: isWrite(write), times: 1 });

      expectUnnoticed(await bench.ask());
      expect(await bench.usedTokens()).toBe(ONE_ANSWER);
    },
  );
});

describeRow(rowIn(faultRows, 'D04'), ({ start, expectAnswer, expectUnnoticed }) => {
  it.each([['refused', refuse], ['silent', hang], ...Object.entries(wrongShapes)])(
    '%s: refused, streamed and not',
    async (_what, fault) => {
      const bench = await start();
      bench.dynamodb.arm(fault, ofReserve);

      for (const stream of [false, true]) {
        const answer = await bench.ask({ stream });
        expectAnswer(answer);
        expect(answer.headers.get('retry-after')).toBe('1');
      }
      expect(bench.modelCalls()).toEqual([]);
      expect(bench.log.lines.join('\n')).toContain('quota-reserve-failed');
    },
  );

  it.each(['reserve', 'intent', 'completion', 'settle'] as const)(
    'the answer to its %s lost: nobody notices, nobody is billed twice',
    async (write) => {
      const bench = await start();
      bench.dynamodb.arm(loseAnswer, { when: isWrite(write), times: 1 });

      expectUnnoticed(await bench.ask());
      expect(bench.modelCalls()).toHaveLength(1);
      expect(await bench.usedTokens()).toBe(ONE_ANSWER);
    },
  );

  it('refused at the settlement: the answer stands, and the reconciler settles', async () => {
    const bench = await start();
    bench.dynamodb.arm(refuse, { when: isWrite('settle') });

    expectUnnoticed(await bench.ask());

    expect(await bench.usedTokens()).not.toBe(ONE_ANSWER);
    expect(bench.log.lines.join('\n')).toContain('quota-settle-failed');
    bench.dynamodb.heal();
    expect((await bench.evidence()).settled.tokens).toBe(ONE_ANSWER);
  });
});

describeRow(rowIn(faultRows, 'F16'), ({ start, expectAnswer }) => {
  it('exactly the affordable number is served, again after the roll-over', async () => {
    const clock = new TestClock();
    const limits = { requestsPerMinute: 5 };
    const bench = await start({ clock, limits, storeTimeoutMs: 20_000 });

    for (const minute of [0, 1]) {
      await clock.advance(minute * 60_000);
      const answers = await Promise.all(Array.from({ length: 200 }, () => bench.ask()));

      const refused = answers.filter(({ status }) => status !== 200);
      expect(refused).toHaveLength(195);
      for (const answer of refused) {
        expectAnswer(answer);
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      }
      expect(bench.modelCalls()).toHaveLength(5 * (minute + 1));
      expect(await bench.usedTokens()).toBe(ONE_ANSWER * 5 * (minute + 1));
    }
  });
});

describeRow(rowIn(faultRows, 'F38'), ({ start, expectAnswer, expectUnnoticed }) => {
  it('tiny requests: the others are all served', async () => {
    const limits = { requestsPerMinute: 6 };
    const bench = await start({ clock: new TestClock(), limits, storeTimeoutMs: 20_000 });

    const answers = await Promise.all(
      Array.from({ length: 66 }, (_, request) =>
        bench.ask({ key: request % 11 === 0 ? 'sk-fault-globex' : 'sk-fault-acme' }),
      ),
    );

    for (const [request, answer] of answers.entries()) {
      if (request % 11 === 0) expectUnnoticed(answer);
      else if (answer.status !== 200) expectAnswer(answer, 'rate_limit_exceeded');
    }
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(12);
  });

  it('streams that never end: only so many at once', async () => {
    const bench = await start({ limits: { concurrentRequests: 2 } });
    bench.first.arm(hang, { times: 2 });
    const leaving = new AbortController();
    const hanging = [1, 2].map(() => bench.open({ stream: true, signal: leaving.signal }));
    await expect.poll(() => bench.modelCalls().length).toBe(2);

    expectAnswer(await bench.ask(), 'concurrency_exceeded');
    expectUnnoticed(await bench.ask({ key: 'sk-fault-globex' }));
    leaving.abort();
    await Promise.allSettled(hanging);
    await bench.settled();
    expectUnnoticed(await bench.ask());
  });
});

describeRow(rowIn(faultRows, 'F40'), ({ start, expectAnswer, expectUnnoticed }) => {
  it('closed while the key is disabled, and well again by itself', async () => {
    const bench = await start();
    expectUnnoticed(await bench.ask());
    bench.dynamodb.arm(keyDisabled);

    expectAnswer(await bench.ask());
    expect(bench.modelCalls()).toHaveLength(1);
    bench.dynamodb.heal();
    expectUnnoticed(await bench.ask());
  });
});
