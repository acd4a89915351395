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
