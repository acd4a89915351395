import { describe, expect, it } from 'vitest';
import type { FailureCode } from '#core/failures/failure.ts';
import { completeChat } from '#core/inference/complete-chat.ts';
import { aCaller, anInference, aPlatform } from '../../../support/inference.ts';
import {
  bills,
  fails,
  finishes,
  ScriptedProvider,
  says,
} from '../../../support/scripted-provider.ts';

const answering = () => new ScriptedProvider([says('hi'), finishes, bills]);
const failing = (code: FailureCode) => new ScriptedProvider([fails(code)]);

describe('completeChat, whole answers', () => {
  it('reserves, writes the intent, answers, writes the completion and settles', async () => {
    const { ports, clock, audit, quotas } = aPlatform({ providers: { a: answering() } });

    const served = await completeChat(anInference(clock), ports);
    await served.close();

    expect(served.answer).toMatchObject({
      kind: 'whole',
      served: 'a/m',
      usage: { source: 'provider', usage: { total_tokens: 12 } },
    });
    expect(audit.intents).toHaveLength(1);
    expect(audit.completions).toMatchObject([
      { outcome: 'completed', served: 'a/m', nanoUsd: 7 * 1000 + 5 * 2000, seq: 1 },
    ]);
    expect(quotas.settled).toMatchObject([{ used: { requests: 1, tokens: 12, nanoUsd: 17_000 } }]);
  });

  it('reserves the prompt once a choice where each choice bills it', async () => {
    const reservedBy = async (billsPromptPerChoice: boolean) => {
      const provider = Object.assign(answering(), { billsPromptPerChoice });
      const { ports, clock, audit } = aPlatform({ providers: { a: provider } });
      const messages = [{ role: 'user' as const, content: 'a'.repeat(3_000) }];
      await completeChat(anInference(clock, { messages, max_tokens: 1, n: 8 }), ports);
      return audit.intents[0]?.reserved;
    };

    const prompt = 1_008;
    expect([await reservedBy(false), await reservedBy(true)]).toEqual([
      { requests: 1, tokens: prompt + 8, nanoUsd: prompt * 1_000 + 8 * 2_000 },
      { requests: 1, tokens: 8 * prompt + 8, nanoUsd: 8 * prompt * 1_000 + 8 * 2_000 },
    ]);
  });

  it('sends the model no more output tokens than were reserved', async () => {
    const provider = answering();
    const { ports, clock, audit } = aPlatform({ providers: { a: provider } });

    await completeChat(anInference(clock, { max_tokens: 5_000, n: 2 }), ports);

    expect(provider.calls[0]?.request.max_completion_tokens).toBe(1_000);
    expect(provider.calls[0]?.request.max_tokens).toBeUndefined();
    expect(audit.intents[0]?.reserved.tokens).toBeGreaterThanOrEqual(2_000);
  });

  it.each<FailureCode>([
    'provider_unavailable',
    'provider_throttled',
    'provider_invalid_response',
    'provider_timeout',
  ])('falls back to the next target after %s', async (code) => {
    const { ports, clock, audit } = aPlatform({
      providers: { a: failing(code), b: answering() },
    });

    const served = await completeChat(anInference(clock), ports);
    await served.close();

    expect(served.answer).toMatchObject({ kind: 'whole', served: 'b/m' });
    expect(audit.completions[0]?.attempts.map((attempt) => attempt.outcome)).toEqual([
      code,
      'completed',
    ]);
  });

  it('does not ask another target about what the caller got wrong', async () => {
    const second = answering();
    const { ports, clock } = aPlatform({
      providers: { a: failing('provider_rejected'), b: second },
    });

    const served = await completeChat(anInference(clock), ports);

    expect(served.answer).toMatchObject({
      kind: 'refused',
      failure: { code: 'provider_rejected' },
    });
    expect(second.calls).toEqual([]);
  });

  it('tries a lone target again after a pause, at most as often as the intent allows', async () => {
    const provider = failing('provider_unavailable');
    const { ports, clock, audit } = aPlatform({ providers: { a: provider } });

    const serving = completeChat(anInference(clock), ports);
    await clock.advance(10_000);
    const served = await serving;
    await served.close();

    expect(served.answer).toMatchObject({ failure: { code: 'provider_unavailable' } });
    expect(provider.calls).toHaveLength(3);
    expect(audit.completions[0]?.attempts.length).toBeLessThanOrEqual(
      audit.intents[0]?.maxAttempts ?? 0,
    );
    expect(audit.completions[0]).toMatchObject({ outcome: 'failed', nanoUsd: 0 });
  });

  it('cuts off a target that takes too long and bills the prompt as an estimate', async () => {
    const slow = new ScriptedProvider(['hang']);
    const { ports, clock, audit } = aPlatform({ providers: { a: slow, b: answering() } });

    const serving = completeChat(anInference(clock), ports);
    await clock.advance(120_000);
    const served = await serving;
    await served.close();

    expect(served.answer).toMatchObject({ kind: 'whole', served: 'b/m' });
    expect(slow.cancelled).toBe(1);
    expect(audit.completions[0]?.usage).toMatchObject({ source: 'estimated' });
  });

  it('answers 504 when the deadline has passed, and asks nobody else', async () => {
    const second = answering();
    const { ports, clock } = aPlatform({
      providers: { a: new ScriptedProvider(['hang']), b: second },
      route: { deadlineMs: 1_000 },
    });

    const serving = completeChat(anInference(clock), ports);
    await clock.advance(1_000);

    expect((await serving).answer).toMatchObject({ failure: { code: 'deadline_exceeded' } });
    expect(second.calls).toEqual([]);
  });

  it('names a defect in a provider internal_error and still closes the books', async () => {
    const { ports, clock, audit, quotas } = aPlatform({
      providers: { a: new ScriptedProvider(['throw']) },
    });

    const served = await completeChat(anInference(clock), ports);
    await served.close();

    expect(served.answer).toMatchObject({ failure: { code: 'internal_error' } });
    expect(audit.completions).toMatchObject([{ outcome: 'failed', failure: 'internal_error' }]);
    expect(quotas.open.size).toBe(0);
  });

  it('drops a parameter only where the route says so', async () => {
    const provider = answering();
    provider.unsupported = 'seed';
    const strict = aPlatform({ providers: { a: provider } });
    const lenient = aPlatform({ providers: { a: provider }, route: { dropParams: true } });

    const refused = await completeChat(anInference(strict.clock, { seed: 1 }), strict.ports);
    await completeChat(anInference(lenient.clock, { seed: 1 }), lenient.ports);

    expect(refused.answer).toMatchObject({
      failure: { code: 'unsupported_parameter', param: 'seed' },
    });
    expect(provider.calls[0]?.request.seed).toBeUndefined();
  });

  it('refuses a model without a price instead of serving it for nothing', async () => {
    const provider = answering();
    const { ports, clock } = aPlatform({ providers: { a: provider } });

    const served = await completeChat(anInference(clock), { ...ports, prices: {} });

    expect(served.answer).toMatchObject({ failure: { code: 'price_unknown' } });
    expect(provider.calls).toEqual([]);
  });

  it('does not tell a tenant of routes that are not offered to it', async () => {
    const { ports, clock } = aPlatform({ providers: { a: answering() } });
    const caller = aCaller({ routes: ['other'] });

    const served = await completeChat(anInference(clock, {}, { caller }), ports);

    expect(served.answer).toMatchObject({ failure: { code: 'model_not_found' } });
  });
});
