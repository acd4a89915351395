import { describe, expect, it } from 'vitest';
import { completeChat } from '#core/inference/complete-chat.ts';
import { aCaller, anInference, aPlatform, openGuard } from '../../../support/inference.ts';
import { bills, finishes, ScriptedProvider, says } from '../../../support/scripted-provider.ts';

const answering = () => new ScriptedProvider([says('hi'), finishes, bills]);

const REFUSAL = {
  scope: 'key',
  limit: 'nanoUsdPerDay',
  allowed: 50_000_000,
  used: 49_000_000,
  asked: 2_000_000,
  resetsAtMs: 1_764_028_800_000,
} as const;

describe('completeChat, before a model is called', () => {
  it('refuses without calling a model when the budget is spent, and keeps a record', async () => {
    const provider = answering();
    const { ports, clock, audit, quotas } = aPlatform({ providers: { a: provider } });
    quotas.refusal = REFUSAL;

    const served = await completeChat(anInference(clock), ports);
    await served.close();

    expect(served.answer).toMatchObject({
      failure: {
        code: 'insufficient_quota',
        message:
          "the key's limit of 0.050000 USD a day would be exceeded: 0.049000 used or reserved, 0.002000 asked for; it resets at 2025-11-25T00:00:00Z",
        retryAfterMs: undefined,
      },
    });
    expect(provider.calls).toEqual([]);
    expect(audit.completions).toMatchObject([
      { outcome: 'refused', failure: 'insufficient_quota' },
    ]);
  });

  it('records ten refusals of a key in a minute, counts the rest, and tells how many', async () => {
    const { ports, clock, audit, quotas, observer } = aPlatform({ providers: { a: answering() } });
    quotas.refusal = REFUSAL;
    const refuse = async () => (await completeChat(anInference(clock), ports)).close();

    for (let request = 0; request < 15; request += 1) await refuse();
    await clock.advance(60_000);
    await refuse();

    expect(audit.intents).toHaveLength(11);
    expect(audit.completions).toHaveLength(11);
    expect(audit.completions.at(-1)).toMatchObject({ unrecordedRefusals: 5 });
    expect(observer.summaries.filter((summary) => !summary.recorded)).toHaveLength(5);
  });

  it('fails closed when the quota store is down', async () => {
    const provider = answering();
    const { ports, clock, quotas, observer, audit } = aPlatform({ providers: { a: provider } });
    quotas.down = true;

    const served = await completeChat(anInference(clock), ports);
    await served.close();

    expect(served.answer).toMatchObject({ failure: { code: 'quota_unavailable' } });
    expect(provider.calls).toEqual([]);
    expect(observer.degradations).toEqual(['quota-reserve-failed']);
    expect(audit.completions).toMatchObject([{ failure: 'quota_unavailable' }]);
  });

  it('calls no model without an intent, and gives the quota back', async () => {
    const provider = answering();
    const { ports, clock, audit, quotas } = aPlatform({ providers: { a: provider } });
    audit.refuseIntents = true;

    const served = await completeChat(anInference(clock), ports);
    await served.close();

    expect(served.answer).toMatchObject({ failure: { code: 'audit_unavailable' } });
    expect(provider.calls).toEqual([]);
    expect(quotas.settled).toMatchObject([{ used: { tokens: 0, nanoUsd: 0 } }]);
  });

  it('lets the answer stand when the completion cannot be written, and spills it', async () => {
    const { ports, clock, audit, quotas } = aPlatform({ providers: { a: answering() } });
    audit.refuseCompletions = true;

    const served = await completeChat(anInference(clock), ports);
    await served.close();

    expect(served.answer.kind).toBe('whole');
    expect(audit.spilled).toMatchObject([{ outcome: 'completed' }]);
    expect(quotas.open.size).toBe(0);
  });

  it('leaves the reservation for the reconciler when it cannot be settled', async () => {
    const { ports, clock, audit, quotas, observer } = aPlatform({ providers: { a: answering() } });
    quotas.settlesNothing = true;

    const served = await completeChat(anInference(clock), ports);
    await served.close();

    expect(audit.completions).toMatchObject([{ outcome: 'completed', seq: 1 }]);
    expect(quotas.open.size).toBe(1);
    expect(observer.degradations).toEqual(['quota-settle-failed']);
  });

  it('blocks what the guardrail blocks: nothing is sent, nothing is charged, nothing is kept', async () => {
    const provider = answering();
    const guard = {
      ...openGuard,
      input: (request: Parameters<typeof openGuard.input>[0]) => ({
        assessment: {
          verdict: 'block' as const,
          findings: [
            {
              detector: 'private-key',
              action: 'block' as const,
              location: 'messages[0].content',
              start: 0,
              end: 5,
            },
          ],
        },
        request,
      }),
    };
    const { ports, clock, audit, quotas } = aPlatform({ providers: { a: provider }, guard });

    const served = await completeChat(anInference(clock), ports);
    await served.close();

    expect(served.answer).toMatchObject({
      failure: { code: 'content_policy_violation', param: 'messages[0].content' },
    });
    expect(provider.calls).toEqual([]);
    expect(quotas.settled).toMatchObject([{ used: { requests: 1, tokens: 0, nanoUsd: 0 } }]);
    expect(audit.completions).toMatchObject([{ outcome: 'blocked', input: { verdict: 'block' } }]);
    expect(audit.completions[0]?.bodies).toBeUndefined();
  });

  it('fails closed when a detector throws', async () => {
    const provider = answering();
    const guard = {
      ...openGuard,
      input: () => {
        throw new Error('a defect in a detector');
      },
    };
    const { ports, clock, audit } = aPlatform({ providers: { a: provider }, guard });

    const served = await completeChat(anInference(clock), ports);
    await served.close();

    expect(served.answer).toMatchObject({ failure: { code: 'guardrail_unavailable' } });
    expect(provider.calls).toEqual([]);
    expect(audit.completions).toMatchObject([{ input: { verdict: 'error' } }]);
  });

  it('refuses outright what no window could ever grant', async () => {
    const { ports, clock, quotas } = aPlatform({ providers: { a: answering() } });
    const caller = aCaller({ limits: { tenant: { tokensPerMinute: 50 } } });

    const served = await completeChat(anInference(clock, {}, { caller }), ports);

    expect(served.answer).toMatchObject({ failure: { code: 'reservation_too_large' } });
    expect(quotas.open.size).toBe(0);
  });

  it.each([
    { bodies: 'full', request: 'my mail', response: 'hi' },
    { bodies: 'redacted', request: '[EMAIL]', response: 'hi' },
    { bodies: 'hash-only', request: undefined, response: undefined },
  ] as const)('keeps bodies as the tenant wants them: $bodies', async (wanted) => {
    const guard = {
      ...openGuard,
      input: (request: Parameters<typeof openGuard.input>[0]) => ({
        assessment: { verdict: 'redact' as const, findings: [] },
        request: { ...request, messages: [{ role: 'user' as const, content: '[EMAIL]' }] },
      }),
    };
    const provider = answering();
    const { ports, clock, audit } = aPlatform({ providers: { a: provider }, guard });
    const messages = [{ role: 'user' as const, content: 'my mail' }];
    const caller = aCaller({ bodies: wanted.bodies });

    await (await completeChat(anInference(clock, { messages }, { caller }), ports)).close();

    const { bodies, responseHash } = audit.completions[0] ?? {};
    expect(provider.calls[0]?.request.messages[0]?.content).toBe('[EMAIL]');
    expect(responseHash).toMatch(/^[0-9a-f]{64}$/);
    if (wanted.request === undefined) expect(bodies).toBeUndefined();
    else {
      expect(bodies?.request).toContain(wanted.request);
      expect(bodies?.response).toContain(wanted.response);
    }
  });
});
