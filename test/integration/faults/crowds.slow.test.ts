import { expect, it } from 'vitest';
import { describeRow, rowIn } from '../../support/describe-row.ts';
import { hang } from '../../support/faults.ts';
import { TestClock } from '../../support/test-clock.ts';
import { faultRows } from './rows.ts';

/** What one answer of the fake provider bills. */
const ONE_ANSWER = 29;

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
