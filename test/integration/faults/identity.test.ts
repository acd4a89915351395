import { expect, it } from 'vitest';
import { HOUR_MS } from '#core/time/clock.ts';
import { describeRow, rowIn } from '../../support/describe-row.ts';
import { isOnTable } from '../../support/dynamodb-requests.ts';
import type { Fault } from '../../support/fault-proxy.ts';
import { answerInstead, cutAfter, hang, refuse, wrongShapes } from '../../support/faults.ts';
import { TestClock } from '../../support/test-clock.ts';
import { faultRows } from './rows.ts';

const isKeySet = ({ path }: { readonly path: string }): boolean => path === '/jwks.json';

describeRow(rowIn(faultRows, 'F10'), ({ start, expectAnswer, expectUnnoticed }) => {
  const troubles: readonly (readonly [string, Fault])[] = [
    ['is an error', answerInstead(500, 'oops')],
    ['is empty', answerInstead(200, { keys: [] })],
    ['has 10 MB', answerInstead(200, { keys: [], padding: 'x'.repeat(10_000_000) })],
    ['is cut', cutAfter({ bytes: 40 })],
    ['never comes', hang],
    ...Object.entries(wrongShapes),
  ];

  it.each(troubles)(
    '%s: known keys serve on, and nobody gets in from the cold',
    async (_, fault) => {
      const clock = new TestClock();
      const bench = await start({ clock });
      const key = await bench.token();
      expectUnnoticed(await bench.ask({ key }));
      bench.issuer.arm(fault, { when: isKeySet });
      await clock.advance(HOUR_MS);

      expectUnnoticed(await bench.ask({ key: await bench.token() }));
      bench.restartAuthorizer();
      expectAnswer(await bench.ask({ key: await bench.token() }));
    },
  );
});

describeRow(rowIn(faultRows, 'F11'), ({ start, expectAnswer, expectUnnoticed }) => {
  it.each([300, 61])('an issuer %d s ahead is not believed yet', async (issuerAheadS) => {
    const bench = await start({ clock: new TestClock(), issuerAheadS });

    expectAnswer(await bench.ask({ key: await bench.token() }));
    expect(bench.modelCalls()).toEqual([]);
  });

  it.each([59, -300])('an issuer %d s ahead is believed', async (issuerAheadS) => {
    const bench = await start({ clock: new TestClock(), issuerAheadS });

    expectUnnoticed(await bench.ask({ key: await bench.token() }));
  });

  it('a gateway five minutes behind another counts in the windows of its own time', async () => {
    const clock = new TestClock();
    const bench = await start({ clock, limits: { requestsPerMinute: 1 } });

    expectUnnoticed(await bench.ask());
    await clock.advance(300_000);
    expectUnnoticed(await bench.ask());

    expect((await bench.ask()).code).toBe('rate_limit_exceeded');
  });
});

describeRow(rowIn(faultRows, 'D01'), ({ start, expectUnnoticed }) => {
  it('keys are believed for a day, and no token more than it says', async () => {
    const clock = new TestClock();
    const bench = await start({ clock });
    const old = await bench.token();
    expectUnnoticed(await bench.ask({ key: old }));
    bench.issuer.arm(refuse);
    await clock.advance(2 * HOUR_MS);

    expectUnnoticed(await bench.ask({ key: await bench.token() }));
    expect((await bench.ask({ key: old })).status).toBe(401);
    const forged = `${(await bench.token()).slice(0, -4)}AAAA`;
    expect((await bench.ask({ key: forged })).status).toBe(401);
    await clock.advance(23 * HOUR_MS);
    expect((await bench.ask({ key: await bench.token() })).code).toBe('auth_unavailable');
  });
});

describeRow(rowIn(faultRows, 'D02'), ({ start, expectAnswer, expectUnnoticed }) => {
  it.each([
    ['refuses', refuse],
    ['hangs', hang],
  ])('%s: closed, asked once in 10 s, and open again when it is back', async (_what, fault) => {
    const clock = new TestClock();
    const bench = await start({ clock });
    // Discovery and key set, asked for when the authorizer began.
    await expect.poll(() => bench.issuer.exchanges.length).toBe(2);
    bench.issuer.arm(fault);
    bench.restartAuthorizer();
    const key = await bench.token();

    const answers = [];
    for (let request = 0; request < 5; request += 1) answers.push(await bench.ask({ key }));

    for (const answer of answers) {
      expectAnswer(answer);
      expect(answer.headers.get('retry-after')).not.toBeNull();
    }
    expect(bench.issuer.exchanges).toHaveLength(3);
    expect(bench.modelCalls()).toEqual([]);
    bench.issuer.heal();
    await clock.advance(10_000);
    expectUnnoticed(await bench.ask({ key }));
  });
});

describeRow(rowIn(faultRows, 'D03'), ({ start, expectAnswer, expectUnnoticed }) => {
  it('tenants that are known go on with their limits; nobody else gets in', async () => {
    const clock = new TestClock();
    const bench = await start({ clock, limits: { requestsPerMinute: 3 } });
    expectUnnoticed(await bench.ask());
    bench.dynamodb.arm(refuse, { when: isOnTable('control') });
    await clock.advance(20_000);

    expectUnnoticed(await bench.ask());
    expectAnswer(await bench.ask({ key: 'sk-fault-globex' }));
    expectUnnoticed(await bench.ask());
    expect((await bench.ask()).code).toBe('rate_limit_exceeded');
    expect(bench.log.lines.join('\n')).toContain('route overrides cannot be loaded');
    await clock.advance(HOUR_MS);
    expectAnswer(await bench.ask());
  });

  // An empty object is what DynamoDB answers where there is no item: a credential nobody knows.
  it.each(['a page of HTML', 'half a character'])('%s from it: closed', async (what) => {
    const bench = await start();
    bench.dynamodb.arm(wrongShapes[what] ?? refuse, { when: isOnTable('control') });

    expectAnswer(await bench.ask());
    expect(bench.modelCalls()).toEqual([]);
  });
});
