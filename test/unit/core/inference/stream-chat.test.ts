import { describe, expect, it } from 'vitest';
import { completeChat } from '#core/inference/complete-chat.ts';
import { Cancellation } from '#core/time/cancellation.ts';
import { anInference, aPlatform, eventsOf, openGuard } from '../../../support/inference.ts';
import {
  bills,
  fails,
  finishes,
  ScriptedProvider,
  says,
} from '../../../support/scripted-provider.ts';
import { settle } from '../../../support/test-clock.ts';

const STREAM = { stream: true };

describe('completeChat, streams', () => {
  it('passes on what the provider says and settles on what it billed', async () => {
    const provider = new ScriptedProvider([says('he'), says('llo'), finishes, bills]);
    const { ports, clock, audit, quotas } = aPlatform({ providers: { a: provider } });

    const served = await completeChat(anInference(clock, STREAM), ports);
    const events = await eventsOf(served);
    await served.close();

    expect(events).toEqual([says('he'), says('llo'), finishes]);
    expect(audit.completions).toMatchObject([
      { outcome: 'completed', usage: { source: 'provider', usage: { total_tokens: 12 } } },
    ]);
    expect(quotas.settled[0]?.used.tokens).toBe(12);
  });

  it('falls back without the client noticing while nothing has been said', async () => {
    const { ports, clock } = aPlatform({
      providers: {
        a: new ScriptedProvider([fails('provider_unavailable')]),
        b: new ScriptedProvider([says('hi'), finishes, bills]),
      },
    });

    const served = await completeChat(anInference(clock, STREAM), ports);

    expect(await eventsOf(served)).toEqual([says('hi'), finishes]);
    expect(served.answer).toMatchObject({ stream: { served: 'b/m' } });
  });

  it('answers with a status of its own when no target begins', async () => {
    const { ports, clock, audit } = aPlatform({
      providers: { a: new ScriptedProvider([fails('provider_rejected')]) },
    });

    const served = await completeChat(anInference(clock, STREAM), ports);
    await served.close();

    expect(served.answer).toMatchObject({
      kind: 'refused',
      failure: { code: 'provider_rejected' },
    });
    expect(audit.completions).toMatchObject([{ outcome: 'failed' }]);
  });

  it('never appends a second model to what a first has begun', async () => {
    const second = new ScriptedProvider([says('no'), finishes]);
    const { ports, clock, audit, quotas } = aPlatform({
      providers: {
        a: new ScriptedProvider([says('partial answer'), fails('stream_interrupted')]),
        b: second,
      },
    });

    const served = await completeChat(anInference(clock, STREAM), ports);
    const events = await eventsOf(served);
    await served.close();

    expect(events.map((event) => event.type)).toEqual(['content', 'failure']);
    expect(second.calls).toEqual([]);
    expect(audit.completions).toMatchObject([
      { outcome: 'partial', failure: 'stream_interrupted', usage: { source: 'estimated' } },
    ]);
    expect(quotas.settled[0]?.used.tokens).toBeGreaterThan(0);
  });

  it('reports an end without a finish instead of making one up', async () => {
    const { ports, clock } = aPlatform({ providers: { a: new ScriptedProvider([says('hal')]) } });

    const served = await completeChat(anInference(clock, STREAM), ports);

    expect((await eventsOf(served)).at(-1)).toMatchObject({
      type: 'failure',
      failure: { code: 'stream_truncated' },
    });
  });

  it('commits without content when the client has waited long enough, and still falls back', async () => {
    const { ports, clock } = aPlatform({
      providers: {
        a: new ScriptedProvider(['hang']),
        b: new ScriptedProvider([says('late'), finishes, bills]),
      },
    });

    const serving = completeChat(anInference(clock, STREAM), ports);
    await clock.advance(20_000);
    const served = await serving;
    const reading = eventsOf(served);
    await clock.advance(10_000);

    expect(served.answer.kind).toBe('stream');
    expect(await reading).toEqual([says('late'), finishes]);
  });

  it('cuts off a stream that falls silent', async () => {
    const provider = new ScriptedProvider([says('begun'), 'hang']);
    const { ports, clock } = aPlatform({ providers: { a: provider } });

    const served = await completeChat(anInference(clock, STREAM), ports);
    const reading = eventsOf(served);
    await clock.advance(60_000);

    expect((await reading).at(-1)).toMatchObject({ failure: { code: 'stream_interrupted' } });
    expect(provider.cancelled).toBe(1);
  });

  it('drops the provider and records the truth when the client goes away', async () => {
    const provider = new ScriptedProvider([says('begun'), 'hang']);
    const { ports, clock, audit, quotas } = aPlatform({ providers: { a: provider } });
    const disconnected = new Cancellation();

    const served = await completeChat(anInference(clock, STREAM, { disconnected }), ports);
    const reading = eventsOf(served);
    await settle();
    disconnected.cancel();
    await reading;
    await served.close();

    expect(provider.cancelled).toBe(1);
    expect(audit.completions).toMatchObject([
      { outcome: 'partial', failure: 'client_disconnected', usage: { source: 'estimated' } },
    ]);
    expect(quotas.open.size).toBe(0);
  });

  it('closes the books of a stream that nobody reads to its end', async () => {
    const provider = new ScriptedProvider([says('one'), says('two'), finishes, bills]);
    const { ports, clock, audit } = aPlatform({ providers: { a: provider } });

    const served = await completeChat(anInference(clock, STREAM), ports);
    if (served.answer.kind !== 'stream') throw new Error('expected a stream');
    for await (const _event of served.answer.stream.events) break;
    await served.close();

    expect(audit.completions).toMatchObject([
      { outcome: 'partial', failure: 'client_disconnected', attempts: [{ target: 'a/m' }] },
    ]);
  });

  it('stops the provider once the guardrail has blocked, and bills what was seen', async () => {
    const provider = new ScriptedProvider([says('secret'), says('more'), 'hang']);
    const blocked = { type: 'finish', choice: 0, reason: 'content_filter' } as const;
    const guard = {
      ...openGuard,
      stream: () => ({
        push: () => [blocked],
        end: () => [],
        assessment: { verdict: 'block' as const, findings: [] },
      }),
    };
    const { ports, clock, audit } = aPlatform({ providers: { a: provider }, guard });

    const served = await completeChat(anInference(clock, STREAM), ports);
    const events = await eventsOf(served);
    await served.close();

    expect(events).toEqual([blocked]);
    expect(audit.completions).toMatchObject([
      { outcome: 'blocked', output: { verdict: 'block' }, usage: { source: 'estimated' } },
    ]);
  });

  it('says nothing more when the guardrail throws in the middle', async () => {
    const provider = new ScriptedProvider([says('fine'), says('trouble'), says('x'), finishes]);
    let pushes = 0;
    const guard = {
      ...openGuard,
      stream: () => ({
        push: (event: Parameters<ReturnType<typeof openGuard.stream>['push']>[0]) => {
          pushes += 1;
          if (pushes === 2) throw new Error('a defect in a detector');
          return [event];
        },
        end: () => [says('withheld')],
        assessment: { verdict: 'allow' as const, findings: [] },
      }),
    };
    const { ports, clock, audit } = aPlatform({ providers: { a: provider }, guard });

    const served = await completeChat(anInference(clock, STREAM), ports);
    const events = await eventsOf(served);
    await served.close();

    expect(events).toMatchObject([says('fine'), { failure: { code: 'guardrail_unavailable' } }]);
    expect(audit.completions).toMatchObject([{ output: { verdict: 'error' } }]);
  });
});
