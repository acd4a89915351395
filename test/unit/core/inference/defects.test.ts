import { describe, expect, it } from 'vitest';
import type { ModelProvider } from '#core/chat/model-provider.ts';
import { succeeded } from '#core/failures/outcome.ts';
import { completeChat } from '#core/inference/complete-chat.ts';
import { anInference, aPlatform, eventsOf, openGuard } from '../../../support/inference.ts';
import { bills, finishes, ScriptedProvider, says } from '../../../support/scripted-provider.ts';

const STREAM = { stream: true };
const chatty = () => new ScriptedProvider([says('one'), says('two'), finishes, bills]);

describe('a reader that takes its time', () => {
  it('costs the target nothing: neither its answer nor its circuit', async () => {
    const { ports, clock, observer } = aPlatform({ providers: { a: chatty() } });

    for (let request = 0; request < 6; request += 1) {
      const served = await completeChat(anInference(clock, STREAM), ports);
      if (served.answer.kind !== 'stream') throw new Error(`not a stream: ${served.answer.kind}`);
      const events = [];
      for await (const event of served.answer.stream.events) {
        events.push(event);
        await clock.advance(65_000);
      }
      await served.close();
      expect(events).toEqual([says('one'), says('two'), finishes]);
    }

    expect(observer.opened).toEqual([]);
  });

  it('is let go at the deadline, as one who has left', async () => {
    const { ports, clock, audit, observer } = aPlatform({ providers: { a: chatty() } });

    const served = await completeChat(anInference(clock, STREAM), ports);
    if (served.answer.kind !== 'stream') throw new Error(`not a stream: ${served.answer.kind}`);
    const events = [];
    for await (const event of served.answer.stream.events) {
      events.push(event);
      await clock.advance(301_000);
    }
    await served.close();

    expect(events.at(-1)).toMatchObject({ failure: { code: 'client_disconnected' } });
    expect(audit.completions).toMatchObject([{ failure: 'client_disconnected' }]);
    expect(observer.opened).toEqual([]);
  });
});

describe('an answer that has ended', () => {
  it('stays whole, whatever its provider does afterwards', async () => {
    const lingering = new ScriptedProvider([says('all of it'), finishes, 'hang']);
    const { ports, clock, audit } = aPlatform({ providers: { a: lingering } });

    const served = await completeChat(anInference(clock, STREAM), ports);
    const reading = eventsOf(served);
    await clock.advance(2_000);
    const events = await reading;
    await served.close();

    expect(events).toEqual([says('all of it'), finishes]);
    expect(audit.completions).toMatchObject([
      { outcome: 'completed', usage: { source: 'estimated' } },
    ]);
  });
});

describe('a defect after admission', () => {
  it('in a guardrail that cannot begin fails closed, and the books are closed', async () => {
    const guard = {
      ...openGuard,
      stream: () => {
        throw new Error('a defect in a policy');
      },
    };
    const { ports, clock, audit, quotas, observer } = aPlatform({
      providers: { a: chatty() },
      guard,
    });

    const served = await completeChat(anInference(clock, STREAM), ports);
    await served.close();

    expect(served.answer).toMatchObject({ failure: { code: 'guardrail_unavailable' } });
    expect(observer.degradations).toContain('guardrail-failed');
    expect(audit.completions).toMatchObject([{ output: { verdict: 'error' } }]);
    expect(quotas.open.size).toBe(0);
  });

  it('in a provider that answers with nothing is the provider’s, and billed once for each call', async () => {
    const empty: ModelProvider = {
      unsupportedParameter: () => undefined,
      complete: async () => succeeded({ choices: [], usage: { ...usage } }),
      stream: () => chatty().stream({} as never),
    };
    const { ports, clock, audit } = aPlatform({ providers: { a: empty, b: chatty() } });

    const served = await completeChat(anInference(clock), ports);
    await served.close();

    expect(served.answer).toMatchObject({
      kind: 'whole',
      served: 'b/m',
      usage: { usage: { total_tokens: 12 } },
    });
    expect(audit.completions[0]?.attempts.map(({ outcome }) => outcome)).toEqual([
      'provider_invalid_response',
      'completed',
    ]);
    expect(audit.completions[0]?.usage?.usage.total_tokens).toBe(22);
  });
});

describe('a refusal', () => {
  it('is recorded whenever its intent stands, however many come at once', async () => {
    const { ports, clock, audit, quotas } = aPlatform({ providers: { a: chatty() } });
    quotas.refusal = { scope: 'tenant', limit: 'requestsPerMinute', allowed: 0, used: 0, asked: 1 };

    const served = await Promise.all(
      Array.from({ length: 40 }, () => completeChat(anInference(clock), ports)),
    );
    await Promise.all(served.map(({ close }) => close()));

    const closed = new Set(audit.completions.map(({ id }) => id));
    expect(audit.intents.filter(({ id }) => !closed.has(id))).toEqual([]);
  });
});

const usage = {
  prompt_tokens: 10,
  completion_tokens: 0,
  total_tokens: 10,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
};
