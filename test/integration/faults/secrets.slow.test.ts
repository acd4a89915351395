import { expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '#core/time/clock.ts';
import { describeRow, rowIn } from '../../support/describe-row.ts';
import { answerInstead, hang, refuse, wrongShapes } from '../../support/faults.ts';
import { SECRETS } from '../../support/faulty-platform.ts';
import { TestClock } from '../../support/test-clock.ts';
import { faultRows } from './rows.ts';

const throttled = answerInstead(
  400,
  { __type: 'ThrottlingException', message: 'Rate exceeded' },
  { 'x-amzn-errortype': 'ThrottlingException' },
);

describeRow(rowIn(faultRows, 'D15'), ({ start, expectAnswer, expectUnnoticed }) => {
  const troubles = [
    ['refuses', refuse],
    ['throttles', throttled],
    ['is silent', hang],
    ...Object.entries(wrongShapes),
  ] as const;

  it.each(troubles)('%s: the last key for an hour, then closed', async (_what, fault) => {
    const clock = new TestClock();
    const bench = await start({ clock, route: { maxAttempts: 1 } });
    expectUnnoticed(await bench.ask({ model: 'keyed' }));
    bench.secrets.arm(fault);
    await clock.advance(10 * MINUTE_MS);

    expectUnnoticed(await bench.ask({ model: 'keyed' }));
    expect(bench.first.exchanges.at(-1)?.request.headers['authorization']).toBe(
      `Bearer ${SECRETS.providerKey}`,
    );
    await clock.advance(HOUR_MS);
    expectAnswer(await bench.ask({ model: 'keyed' }));
    expect(bench.first.exchanges).toHaveLength(2);
  });

  it('is down from the start: closed for its provider, and for no other', async () => {
    const bench = await start({ route: { maxAttempts: 1 } });
    bench.secrets.arm(refuse);

    expectAnswer(await bench.ask({ model: 'keyed' }));
    expectUnnoticed(await bench.ask({ model: 'chat' }));
  });
});
