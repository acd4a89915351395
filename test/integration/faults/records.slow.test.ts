import { expect, it } from 'vitest';
import { describeRow, rowIn } from '../../support/describe-row.ts';
import { isWrite } from '../../support/dynamodb-requests.ts';
import { loggedCompletions, openMarkersOf, reconcileLater } from '../../support/evidence.ts';
import type { FaultBench } from '../../support/fault-bench.ts';
import { delay, dynamodbThrottle, hang, refuse, wrongShapes } from '../../support/faults.ts';
import { faultRows } from './rows.ts';

describeRow(rowIn(faultRows, 'D12'), ({ start, expectAnswer }) => {
  it.each([
    ['refused', refuse],
    ['throttled', dynamodbThrottle],
    ['silent', hang],
    ['3 s late', delay(3_000)],
  ])('%s: refused, and the quota is given back', async (_what, fault) => {
    const bench = await start();
    bench.dynamodb.arm(fault, { when: isWrite('intent') });

    for (const stream of [false, true]) expectAnswer(await bench.ask({ stream }));

    expect(bench.modelCalls()).toEqual([]);
    expect(await bench.usedTokens()).toBe(0);
  });
});

describeRow(rowIn(faultRows, 'D13'), ({ start, expectUnnoticed }) => {
  it.each([false, true])('the queue has the record, streamed: %s', async (stream) => {
    const bench = await start();
    bench.dynamodb.arm(refuse, { when: isWrite('completion') });

    expectUnnoticed(await bench.ask({ stream }));
    await bench.settled();

    expect(bench.spilled.waiting.map((body) => JSON.parse(body).completion)).toMatchObject([
      { outcome: 'completed', usage: { usage: { total_tokens: 29 } } },
    ]);
    bench.dynamodb.heal();
    const { records } = await bench.evidence();
    expect(records).toMatchObject([{ intent: {}, completion: { outcome: 'completed' } }]);
    expect(bench.spilled.waiting).toEqual([]);
  });

  it.each([['refuses', refuse], ['is silent', hang], ...Object.entries(wrongShapes)])(
    'the queue %s: the log has the record',
    async (_what, fault) => {
      const bench = await start();
      bench.dynamodb.arm(refuse, { when: isWrite('completion') });
      bench.spillQueue.arm(fault);

      expectUnnoticed(await bench.ask());
      await bench.settled();

      expect(loggedCompletions(bench.log)).toMatchObject([
        { outcome: 'completed', nanoUsd: 39_000 },
      ]);
      expect(await bench.usedTokens()).toBe(29);
    },
  );
});

const reconcile = ({ dynalite, clock, log, metrics }: FaultBench, queueUrl: string) =>
  reconcileLater({ client: dynalite.client, clock, log, metrics, queueUrl });

describeRow(rowIn(faultRows, 'F23'), ({ start, expectUnnoticed }) => {
  it('its neighbours come back, and it stays unread, run after run', async () => {
    const poison = '{"version":1,"completion":"my secret"}';
    const bench = await start();
    bench.dynamodb.arm(refuse, { when: isWrite('completion') });
    expectUnnoticed(await bench.ask());
    await bench.settled();
    bench.spilled.put(poison);
    expectUnnoticed(await bench.ask());
    await bench.settled();
    bench.dynamodb.heal();

    for (let run = 0; run < 4; run += 1) {
      await reconcile(bench, bench.spilled.url);
      bench.spilled.expireVisibility();
    }

    expect(bench.metrics.values('ReturnedCompletions')).toEqual([2, 0, 0, 0]);
    expect(bench.spilled.waiting).toEqual([poison]);
    expect(bench.log.lines.join('\n')).toContain('malformed');
    expect(bench.log.lines.join('\n')).not.toContain('my secret');
  });
});

describeRow(rowIn(faultRows, 'D22'), ({ start, expectUnnoticed }) => {
  it.each([
    ['refuses', refuse],
    ['is silent', hang],
    ['answers with a page', wrongShapes['a page of HTML'] ?? refuse],
  ])('%s: what needs no queue is done, and the run fails', async (_what, fault) => {
    const bench = await start();
    bench.dynamodb.arm(refuse, { when: isWrite('settle') });
    expectUnnoticed(await bench.ask());
    await bench.settled();
    bench.dynamodb.heal();
    bench.spillQueue.arm(fault);

    await expect(reconcile(bench, bench.spillQueue.url)).rejects.toThrow(/could not be closed/);

    expect(await openMarkersOf(bench.dynalite.client)).toEqual([]);
    expect(await bench.usedTokens()).toBe(29);
  });
});
