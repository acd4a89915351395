import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isContent } from '#core/chat/chat-event.ts';
import { collectAnswer } from '#core/chat/collect-answer.ts';
import type { ModelProvider } from '#core/chat/model-provider.ts';
import type { FailureCode } from '#core/failures/failure.ts';
import { Cancellation } from '#core/time/cancellation.ts';
import {
  aCall,
  contentOf,
  failureIn,
  failureOf,
  streamed,
  WEATHER_TOOL,
} from '../support/chat-calls.ts';

/** What a provider may meet, or do. */
export type Situation =
  | 'well'
  | 'calls the weather tool'
  | 'throttled for two seconds'
  | 'broken'
  | 'unreachable'
  | 'refuses our credentials'
  | 'refuses the request'
  | 'finds the prompt too long'
  | 'answers a page'
  | 'ends half-way'
  | 'fails half-way'
  | 'hangs up half-way'
  | 'silent'
  | 'silent half-way';

export interface ProviderHarness {
  readonly provider: ModelProvider;
  /** Makes the next call meet this; returns the model to call, or undefined if it cannot happen. */
  arrange(situation: Situation): string | undefined;
  /** Resolves when the provider's side has seen the connection dropped. */
  dropped(): Promise<void>;
  close(): Promise<void>;
}

interface Expected {
  readonly situation: Situation;
  readonly whole: FailureCode;
  readonly stream: FailureCode;
}

const FAILURES: readonly Expected[] = [
  both('throttled for two seconds', 'provider_throttled'),
  both('broken', 'provider_unavailable'),
  both('unreachable', 'provider_unavailable'),
  both('refuses our credentials', 'provider_unavailable'),
  both('refuses the request', 'provider_rejected'),
  both('finds the prompt too long', 'context_length_exceeded'),
  both('answers a page', 'provider_invalid_response'),
  {
    situation: 'ends half-way',
    whole: 'provider_invalid_response',
    stream: 'stream_truncated',
  },
  {
    situation: 'fails half-way',
    whole: 'provider_invalid_response',
    stream: 'stream_interrupted',
  },
  { situation: 'hangs up half-way', whole: 'provider_unavailable', stream: 'stream_interrupted' },
];

function both(situation: Situation, code: FailureCode): Expected {
  return { situation, whole: code, stream: code };
}

/** What every model provider promises, whoever serves the models. */
export function describeModelProvider(name: string, create: () => Promise<ProviderHarness>): void {
  describe(`model provider: ${name}`, () => {
    let harness: ProviderHarness;

    beforeEach(async () => {
      harness = await create();
    });

    afterEach(() => harness.close());

    it('answers whole, and says what that took', async () => {
      const outcome = await harness.provider.complete(aCall(harness.arrange('well') ?? ''));

      if (!outcome.ok) throw outcome.failure;
      const { choices, usage } = outcome.value;
      expect(choices.map(({ index, finish_reason: reason }) => [index, reason])).toEqual([
        [0, 'stop'],
      ]);
      expect(choices[0]?.message.content).toMatch(/world/);
      expect(usage?.prompt_tokens).toBeGreaterThan(0);
      expect(usage?.total_tokens).toBe(
        (usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0),
      );
    });

    it('streams the same answer in several pieces, usage last', async () => {
      const whole = await harness.provider.complete(aCall(harness.arrange('well') ?? ''));
      const events = await streamed(harness.provider, aCall(harness.arrange('well') ?? ''));

      expect(events.filter(isContent).length).toBeGreaterThan(1);
      expect(events.slice(-2).map(({ type }) => type)).toEqual(['finish', 'usage']);
      expect(collectAnswer(events)).toEqual(whole);
    });

    it('calls tools, whole and streamed', async () => {
      const model = harness.arrange('calls the weather tool') ?? '';
      const whole = await harness.provider.complete(aCall(model, { tools: [WEATHER_TOOL] }));
      harness.arrange('calls the weather tool');
      const events = await streamed(harness.provider, aCall(model, { tools: [WEATHER_TOOL] }));

      if (!whole.ok) throw whole.failure;
      const [choice] = whole.value.choices;
      expect(choice?.finish_reason).toBe('tool_calls');
      expect(choice?.message.tool_calls?.[0]).toMatchObject({
        type: 'function',
        function: { name: 'get_weather', arguments: '{"city":"Ulm"}' },
      });
      expect(collectAnswer(events)).toEqual(whole);
    });

    it('tells several choices apart', async () => {
      const model = harness.arrange('well') ?? '';
      const whole = await harness.provider.complete(aCall(model, { n: 2 }));
      harness.arrange('well');
      const events = await streamed(harness.provider, aCall(model, { n: 2 }));

      if (!whole.ok) throw whole.failure;
      expect(whole.value.choices.map(({ index }) => index)).toEqual([0, 1]);
      expect(contentOf(events, 0)).toMatch(/world/);
      expect(contentOf(events, 1)).toMatch(/world/);
      expect(events.filter(({ type }) => type === 'finish')).toHaveLength(2);
      expect(events.filter(({ type }) => type === 'usage')).toHaveLength(1);
    });

    for (const { situation, whole, stream } of FAILURES) {
      it(`names what is wrong when the provider: ${situation}`, async (context) => {
        const model = harness.arrange(situation);
        if (model === undefined) return context.skip();
        const failure = await failureOf(harness.provider, aCall(model));
        harness.arrange(situation);
        const events = await streamed(harness.provider, aCall(model));

        expect([failure.code, failureIn(events).code]).toEqual([whole, stream]);
        expect(failure.message).not.toMatch(/Greet the world|sk-secret|[\n\r]|\.$/);
        expect(failure.message.length).toBeLessThan(420);
      });
    }

    it('passes on how long a throttled caller should wait', async () => {
      const model = harness.arrange('throttled for two seconds') ?? '';

      expect((await failureOf(harness.provider, aCall(model))).retryAfterMs).toBe(2_000);
    });

    it('keeps what was said before a stream broke', async () => {
      const model = harness.arrange('fails half-way') ?? '';
      const events = await streamed(harness.provider, aCall(model));

      expect(contentOf(events)).not.toBe('');
      expect(events.map(({ type }) => type)).not.toContain('finish');
    });

    it('drops the connection of a whole answer at once when it is cancelled', async () => {
      const model = harness.arrange('silent') ?? '';
      const cancellation = new Cancellation();
      const answer = harness.provider.complete(aCall(model, {}, cancellation));
      setTimeout(() => cancellation.cancel(), 30);

      expect(await answer).toMatchObject({ ok: false, failure: { code: 'client_disconnected' } });
      await harness.dropped();
    });

    it('drops the connection of a stream at once when it is cancelled', async () => {
      const model = harness.arrange('silent half-way') ?? harness.arrange('silent') ?? '';
      const cancellation = new Cancellation();
      setTimeout(() => cancellation.cancel(), 50);
      const events = await streamed(harness.provider, aCall(model, {}, cancellation));

      expect(failureIn(events).code).toBe('client_disconnected');
      await harness.dropped();
    });

    it('drops the connection when the reader leaves early', async (context) => {
      const model = harness.arrange('silent half-way');
      if (model === undefined) return context.skip();
      for await (const event of harness.provider.stream(aCall(model))) {
        if (isContent(event)) break;
      }

      await harness.dropped();
    });

    it('calls nobody when it was cancelled before', async () => {
      const model = harness.arrange('well') ?? '';
      const cancellation = new Cancellation();
      cancellation.cancel();

      const outcome = await harness.provider.complete(aCall(model, {}, cancellation));

      expect(outcome).toMatchObject({ ok: false, failure: { code: 'client_disconnected' } });
    });
  });
}
