import { expect, it } from 'vitest';
import { describeRow, rowIn } from '../../support/describe-row.ts';
import { saysFrame, streams } from '../../support/fake-openai.ts';
import { hang } from '../../support/faults.ts';
import { TestClock } from '../../support/test-clock.ts';
import { faultRows } from './rows.ts';

describeRow(rowIn(faultRows, 'F03'), ({ start, expectAnswer }) => {
  it.each([
    { route: { deadlineMs: 400 }, code: 'deadline_exceeded' },
    { route: { answerTimeoutMs: 300, maxAttempts: 1 }, code: 'provider_timeout' },
  ])('$code: refused by us, and the provider hung up on', async ({ route, code }) => {
    const bench = await start({ route });
    bench.first.arm(hang);

    const answer = await bench.ask();

    expectAnswer(answer, code);
    await expect.poll(() => bench.modelCalls().map(({ over }) => over)).toEqual([true]);
    expect((await bench.lastRecord())?.completion).toMatchObject({
      outcome: 'failed',
      failure: code,
      usage: { source: 'estimated' },
    });
  });
});

describeRow(rowIn(faultRows, 'F04'), ({ start, expectAnswer }) => {
  it('the provider is hung up on, and what was said is billed', async () => {
    const bench = await start();
    bench.firstServer.behave(streams([saysFrame('Once upon a time. ')], 'silence'));
    const leaving = new AbortController();

    const response = await bench.open({ stream: true, signal: leaving.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    leaving.abort();

    await bench.firstServer.requests[0]?.dropped;
    await bench.settled();
    const [record] = (await bench.evidence()).records;
    expect(record?.completion).toMatchObject({
      outcome: 'partial',
      failure: 'client_disconnected',
      usage: { source: 'estimated' },
    });
    expect(record?.completion?.usage?.usage.completion_tokens).toBeGreaterThan(0);
    // To whoever stays, the same stream is an answer like any other.
    expectAnswer(await bench.ask({ stream: true }));
  });
});

describeRow(rowIn(faultRows, 'F05'), ({ start, expectAnswer }) => {
  const PING = ': ping\n\n';

  it('the client hears a comment at least every 15 s', async () => {
    const clock = new TestClock();
    const bench = await start({ clock, route: { firstByteTimeoutMs: 120_000 } });
    let speak: () => void = () => {};
    const spoken = new Promise<void>((resolve) => {
      speak = resolve;
    });
    bench.first.arm(async (exchange) => {
      await spoken;
      await exchange.pass();
    });

    const opening = bench.open({ stream: true });
    await expect.poll(() => bench.modelCalls().length).toBe(1);
    await clock.advance(20_000);
    const response = await opening;
    await clock.advance(60_000);
    speak();
    const answer = await bench.read(response);

    expectAnswer(answer);
    expect(answer.text.split(PING).length - 1).toBeGreaterThanOrEqual(1 + 60 / 15);
    expect(answer.text.endsWith('data: [DONE]\n\n')).toBe(true);
  });
});
